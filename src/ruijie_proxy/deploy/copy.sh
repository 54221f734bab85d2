#!/bin/sh
# Usage: copy.sh FOLDER. Unpacks the tar on standard input there, and compares the hashes in it.
folder=$1

if [ -e "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
	exit 75
fi
umask 077
rm -rf "$folder"
mkdir "$folder" && cd "$folder" && tar -xf - && sha256sum -c SHA256SUMS
