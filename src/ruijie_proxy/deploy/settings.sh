#!/bin/sh
# Usage: settings.sh FILE LANGUAGE. Makes a file the program's settings, if the program finds them
# right; keeps what was there.
new=$1
path=/etc/config/ruijie-proxy

ruijie-proxy --lang "$2" check -c "$new" 2>&1 || exit 65
! cmp -s "$new" "$path" || exit 0
umask 077
[ ! -e "$path" ] || cp -p "$path" "$path.old" || exit
# By a rename: no moment leaves half of it. uci does not look at names that begin so.
cp "$new" "/etc/config/.ruijie-proxy.new" && sync && mv "/etc/config/.ruijie-proxy.new" "$path" || exit
/etc/init.d/ruijie-proxy reload 2>&1
