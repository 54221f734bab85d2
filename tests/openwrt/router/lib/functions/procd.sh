# A stand-in for procd and its functions: what it is told goes into /told, and what would run is in
# /running, as it was told. /told says what became of the service, too. Where there is a program
# /daemon, it runs in the service's place, as the process in /pid.

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
		end_daemon
		rm -f /running
	elif cmp -s /wanted /running; then
		tell left alone
	else
		[ -e /running ] && tell restarted || tell started
		mv /wanted /running
		[ ! -x /daemon ] || run_daemon
	fi
}

run_daemon() {
	/daemon </dev/null >/dev/null 2>&1 &
	echo $! >/pid
}

procd_add_reload_trigger() {
	echo "config.change $* reload" >>/triggers
}

# The second word: so many milliseconds go by first.
procd_add_raw_trigger() {
	echo "$*" >>/triggers
}

procd_running() {
	[ -e /running ]
}

procd_send_signal() {
	tell "signal ${3:-HUP}"
}

# It is told to end, and nobody waits for that; what has not ended in five seconds (term_timeout), is
# made to.
end_daemon() {
	local pid

	[ ! -e /running ] || tell stopped
	if [ -e /pid ]; then
		pid=$(cat /pid)
		kill "$pid"
		(sleep 5; kill -KILL "$pid") </dev/null >/dev/null 2>&1 &
	fi
	rm -f /pid
}

procd_kill() {
	end_daemon
	rm -f /running /triggers
}
