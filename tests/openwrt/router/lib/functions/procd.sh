# A stand-in for procd and its functions: what it is told goes into /told, and what would run is in
# /running, as it was told. /told says what became of the service, too.

tell() {
	echo "$*" >>/told
}

# An instance, a line each: its name of a parameter, and values.
procd_open_instance() {
	wanted=
}

procd_set_param() {
	wanted="$wanted$*
"
}

procd_close_instance() {
	printf %s "$wanted" >/wanted
}

procd_open_service() {
	rm -f /wanted /triggers
}

procd_close_service() {
	service_triggers
	if [ ! -e /wanted ]; then
		[ ! -e /running ] || tell stopped
		rm -f /running
	elif cmp -s /wanted /running; then
		tell left alone
	else
		[ -e /running ] && tell restarted || tell started
		mv /wanted /running
	fi
}

procd_add_reload_trigger() {
	echo "config.change $* reload" >>/triggers
}

procd_add_interface_trigger() {
	echo "$*" >>/triggers
}

procd_running() {
	[ -e /running ]
}

procd_send_signal() {
	tell "signal ${3:-HUP}"
}

procd_kill() {
	[ ! -e /running ] || tell stopped
	rm -f /running /triggers
}
