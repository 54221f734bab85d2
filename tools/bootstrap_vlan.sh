#!/bin/sh
# Installs what `make test-vlan` needs beside all the rest: a machine to emulate, and what packs its
# file system.
set -eu

missing=''
command -v qemu-system-x86_64 >/dev/null || missing="$missing qemu-system-x86"
command -v cpio >/dev/null || missing="$missing cpio"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "Please install, as root:$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Split on purpose: each word is a package.
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing
