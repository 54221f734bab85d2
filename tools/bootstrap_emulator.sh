#!/bin/sh
# Installs what a test on an emulated machine needs beside all the rest: the emulator, and what packs
# the machine's file system. Usage: bootstrap_emulator.sh EMULATOR PACKAGE
set -eu

missing=''
command -v "$1" >/dev/null || missing="$missing $2"
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
