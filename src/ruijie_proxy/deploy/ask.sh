#!/bin/sh
# What a router is, in lines of NAME=VALUE. It changes nothing.

fact() {
	printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\r\n' '  ')"
}

# Of a folder's file system: what is free, in kB.
free() {
	df -Pk "$1" | awk 'NR == 2 { print $4 }'
}

# Version and architecture of a package that is installed.
installed() {
	case "$manager" in
	opkg) opkg status "$1" | awk '
		/^Version: / { version = $2 }
		/^Architecture: / { architecture = $2 }
		/^Status: .* installed$/ { is_there = 1 }
		END { if (is_there) print version, architecture }' ;;
	apk) apk list --installed "$1" | awk -v name="$1-" '
		index($1, name) == 1 { print substr($1, length(name) + 1), $2 }' ;;
	esac
}

exec 2>/dev/null
[ ! -r /etc/os-release ] || . /etc/os-release
fact system "${PRETTY_NAME:-$(uname -s)}"
[ ! -r /etc/openwrt_release ] || . /etc/openwrt_release
fact release "$DISTRIB_RELEASE"
fact description "$DISTRIB_DESCRIPTION"
fact target "$DISTRIB_TARGET"
fact architecture "$DISTRIB_ARCH"
fact user "$(id -u)"

manager=
if [ -e /etc/apk/arch ] && command -v apk >/dev/null; then
	manager=apk
	fact takes "$(cat /etc/apk/arch)"
	fact python "$(apk info | grep '^python3')"
elif command -v opkg >/dev/null; then
	manager=opkg
	fact takes "$(opkg print-architecture | awk '$1 == "arch" { print $2 }')"
	fact python "$(opkg list-installed | awk '/^python3/ { print $1 }')"
elif command -v dpkg >/dev/null; then
	manager=dpkg
fi
fact manager "$manager"
fact program "$(installed ruijie-proxy)"
fact pages "$(installed luci-app-ruijie-proxy)"
fact command "$(command -v ruijie-proxy)"

flash=/
! grep -q ' /overlay ' /proc/mounts || flash=/overlay
fact flash "$(awk -v at="$flash" '$2 == at { type = $3 } END { print type }' /proc/mounts)"
fact free "$(free "$flash")"
fact memory "$(free /tmp)"

# Since OpenWrt 21.02, LuCI's menu is in files of its own.
if [ -d /usr/share/luci/menu.d ]; then
	fact luci new
elif [ -d /usr/lib/lua/luci ]; then
	fact luci old
fi
fact http "$(uci -q get uhttpd.main.listen_http)"
fact https "$(uci -q get uhttpd.main.listen_https)"
fact redirects "$(uci -q get uhttpd.main.redirect_https)"
fact address "$(echo "$SSH_CONNECTION" | awk '{ print $3 }')"
[ ! -s /etc/config/ruijie-proxy ] || fact settings yes
[ ! -e /etc/config/ruijie-proxy.old ] || fact old_settings yes
