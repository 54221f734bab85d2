#!/bin/sh
# Installs what `make` needs: Debian's packages for the virtual campus and the tests, and a virtual
# environment with the program itself. Usage: bootstrap.sh PYTHON VENV
set -eu

python=$1
venv=$2

# Package, and a file that shows it is there.
packages='
iproute2:/usr/sbin/ip:/sbin/ip
python3-venv:/usr/lib/python3/dist-packages/../../python3.11/ensurepip/__init__.py:-
hostapd:/usr/sbin/hostapd:-
wpasupplicant:/usr/sbin/wpa_supplicant:/sbin/wpa_supplicant
openssl:/usr/bin/openssl:-
tcpdump:/usr/bin/tcpdump:/usr/sbin/tcpdump
dnsmasq-base:/usr/sbin/dnsmasq:-
busybox:/usr/bin/busybox:/bin/busybox
shellcheck:/usr/bin/shellcheck:-
'

missing=''
for entry in $packages; do
    name=${entry%%:*}
    files=${entry#*:}
    if [ ! -e "${files%%:*}" ] && [ ! -e "${files#*:}" ]; then
        missing="$missing $name"
    fi
done

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
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "ruijie-proxy needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2
    exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --editable '.[dev]'
