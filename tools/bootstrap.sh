#!/bin/sh
# Installs what `make` needs: Debian's packages for the virtual campus and the tests, and a virtual
# environment with the program itself. Usage: bootstrap.sh PYTHON VENV
set -eu

python=$1
venv=$2
PATH=$PATH:/usr/sbin:/sbin

# A command, and the Debian package that brings it.
commands='
ip:iproute2
setpriv:util-linux
hostapd:hostapd
wpa_supplicant:wpasupplicant
openssl:openssl
tcpdump:tcpdump
tshark:tshark
dnsmasq:dnsmasq-base
busybox:busybox
ssh:openssh-client
dropbear:dropbear-bin
freeradius:freeradius
shellcheck:shellcheck
chromium:chromium
curl:curl
gcc:build-essential
qemu-mipsel-static:qemu-user-static
lintian:lintian
'

missing=''
for entry in $commands; do
    command -v "${entry%%:*}" >/dev/null || missing="$missing ${entry#*:}"
done
command -v "$python" >/dev/null || missing="$missing python3"
"$python" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"

if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "Please install, as root:$missing" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # Split on purpose: each word is a package.
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing
    # Debian starts a server that it installs. The tests run their own, in their own network.
    case "$missing" in
    *freeradius*) [ ! -d /run/systemd/system ] || systemctl disable --now --quiet freeradius ;;
    esac
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "ruijie-proxy needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2
    exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --editable '.[dev]'
# The fuzzer has no wheel for every Python, and its source wants a compiler of its own.
"$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary atheris 'atheris>=3.0' ||
    echo "atheris cannot be installed for this Python: the tests go without a short run of it" >&2
