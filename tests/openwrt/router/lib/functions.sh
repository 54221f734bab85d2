# A stand-in for OpenWrt's /lib/functions.sh, as far as the packages use it.

# As the boot makes it, in memory.
mkdir -p /var/run

# The name of a section without one: its number, and what djb2's hash makes of its type.
anonymous_name() {
	local hash=5381 rest=$1 letter

	while [ -n "$rest" ]; do
		letter=${rest%"${rest#?}"}
		rest=${rest#?}
		hash=$(((hash * 33 + $(printf %d "'$letter")) & 0xffffffff))
	done
	printf 'cfg%02x%04x' "$config_count" "$((hash & 0xffff))"
}

config() {
	config_count=$((config_count + 1))
	config_section=${2:-$(anonymous_name "$1")}
	config_sections="$config_sections $config_section"
	eval "CONFIG_${config_section}_TYPE=\$1 CONFIG_${config_section}_options="
}

option() {
	eval "CONFIG_${config_section}_$1=\$2"
	eval "CONFIG_${config_section}_options=\"\$CONFIG_${config_section}_options $1\""
}

# Of a list, what is asked of it here: all values in one.
list() {
	local before

	config_get before "$config_section" "$1"
	option "$1" "${before:+$before }$2"
}

package() {
	:
}

# Whether the real uci takes a file: it has none of one whose quotes are open, or in which two sections
# of different types have one name.
uci_takes() {
	[ -f "$1" ] && sh -n "$1" 2>/dev/null && awk '
		$1 == "config" && $3 != "" { if ($3 in types && types[$3] != $2) wrong = 1; types[$3] = $2 }
		END { exit wrong }' "$1"
}

# A file of UCI is a script of these commands.
config_load() {
	local section option

	for section in $config_sections; do
		eval "local options=\$CONFIG_${section}_options"
		for option in $options; do
			unset "CONFIG_${section}_$option"
		done
	done
	config_count=0
	config_sections=
	uci_takes "/etc/config/$1" || return 1
	. "/etc/config/$1"
}

config_get() {
	eval "$1=\${CONFIG_${2}_${3}:-\$4}"
}

config_get_bool() {
	config_get "$@"
	case $(eval "echo \"\$$1\"") in
	1 | on | true | yes | enabled) eval "$1=1" ;;
	0 | off | false | no | disabled) eval "$1=0" ;;
	*) eval "$1=\$4" ;;
	esac
}

config_foreach() {
	local section type

	for section in $config_sections; do
		config_get type "$section" TYPE
		[ "$type" != "$2" ] || "$1" "$section"
	done
}

append() {
	eval "$1=\"\${$1:+\$$1 }\$2\""
}

list_contains() {
	case $(eval "echo \" \$$1 \"") in
	*" $2 "*) return 0 ;;
	esac
	return 1
}

# The list of a package's files, in "list". The scripts of apk's packages say whose they are; those of
# opkg's are called like it.
find_list() {
	local root=$IPKG_INSTROOT

	name=${pkgname:-$(basename "${1%.*}")}
	list=$root/usr/lib/opkg/info/$name.list
	[ ! -f "$root/lib/apk/packages/$name.list" ] || list=$root/lib/apk/packages/$name.list
}

# No package here has users of its own.
add_group_and_user() {
	:
}

default_postinst() {
	local file name list root=$IPKG_INSTROOT

	find_list "$1"
	if [ -z "$root" ]; then
		for file in $(grep -s '^/etc/uci-defaults/' "$list"); do
			([ -f "$file" ] && cd /etc/uci-defaults && . "$file") && rm -f "$file"
		done
	fi
	if [ -f "$root/usr/lib/opkg/info/$name.postinst-pkg" ]; then
		(. "$root/usr/lib/opkg/info/$name.postinst-pkg")
	fi
	for file in $(grep -s '^/etc/init.d/' "$list"); do
		if [ -n "$root" ]; then
			echo "$file enable" >>"$root/told"
		else
			[ "$PKG_UPGRADE" = 1 ] || "$file" enable
			"$file" start
		fi
	done
}

default_prerm() {
	local file name list

	find_list "$1"
	for file in $(grep -s '^/etc/init.d/' "$list"); do
		[ "$PKG_UPGRADE" = 1 ] || "$file" disable
		"$file" stop
	done
}
