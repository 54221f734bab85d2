#!/bin/sh
# Usage: wait.sh LANGUAGE TRIES. Waits for the service, and says how it does.
# Ends with 0: it answers; 66: it has nothing to run; 65: the settings are wrong; 69: no answer.
found=0
note() {
	local enabled
	config_get_bool enabled "$1" enabled 1
	[ "$enabled" = 0 ] || found=1
}
. /lib/functions.sh
config_load ruijie-proxy
config_foreach note session
[ "$found" = 1 ] || exit 66

tries=0
until ruijie-proxy status >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ "$tries" = 1 ]; then
		problems=$(ruijie-proxy --lang "$1" check 2>&1) || {
			echo "$problems"
			exit 65
		}
	fi
	[ "$tries" -lt "$2" ] || exit 69
	sleep 1
done
ruijie-proxy --lang "$1" status
