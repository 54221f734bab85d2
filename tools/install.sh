#!/bin/sh
# Installs the program for this machine, or takes it away again; called by make.
# Usage: install.sh install|uninstall PYTHON PREFIX SYSCONFDIR UNITDIR
# DESTDIR in the environment goes before every path that is written to.
set -eu
umask 022

action=$1
python=$2
prefix=$3
sysconfdir=$4
unitdir=$5
destdir=${DESTDIR:-}

library=$prefix/lib/ruijie-proxy
command=$prefix/bin/ruijie-proxy
examples=$prefix/share/doc/ruijie-proxy
unit=$unitdir/ruijie-proxy.service
configuration=$sysconfdir/ruijie-proxy
state=/var/lib/ruijie-proxy
# The directories that had to be made, one a line, in this order.
made=$destdir$library/made-directories

# Make a directory and its parents, and note those that were not there.
make_directory() {
    [ -d "$destdir$1" ] && return
    make_directory "$(dirname "$1")"
    mkdir -m 0755 "$destdir$1"
    echo "$1" >>"$list"
}

# A name that is relative would be another place for each who reads it.
require_absolute() {
    for path in "$@"; do
        case $path in
        /*) ;;
        *)
            echo "$path is no absolute path: PREFIX, SYSCONFDIR and UNITDIR begin with /" >&2
            exit 2
            ;;
        esac
    done
}

live() {
    [ -z "$destdir" ] && [ -d /run/systemd/system ]
}

install_all() {
    # It is the packager's, and no directory of ours.
    [ -z "$destdir" ] || mkdir -p "$destdir"
    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    # Over an older one: what that one made is still ours.
    [ ! -f "$made" ] || cat "$made" >"$list"
    rm -rf "$destdir$library"
    make_directory "$prefix/lib"
    make_directory "$prefix/bin"
    make_directory "$unitdir"
    make_directory "$examples"

    case $("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))') in
    /root/* | /home/*)
        echo "warning: a service cannot run $python, which is in somebody's home;" \
            "name another with PYTHON=" >&2
        ;;
    esac
    "$python" -m venv "$destdir$library"
    "$destdir$library/bin/python3" -m pip install --quiet --disable-pip-version-check --no-compile .
    # The wheel's own plain command, with the interpreter's place in the end; and nothing else that
    # a virtual environment brings for people.
    sed -i "1s|.*|#!$library/bin/python3|" "$destdir$library/bin/ruijie-proxy"
    "$destdir$library/bin/python3" -m pip uninstall --quiet --yes pip setuptools 2>/dev/null
    find "$destdir$library/bin" -mindepth 1 ! -name 'python*' ! -name ruijie-proxy -delete
    # Whoever runs it may not be able to write bytecode, and would pay for it at each start.
    "$destdir$library/bin/python3" -m compileall -q -s "$destdir" "$destdir$library/lib"
    "$destdir$library/bin/python3" -X no_debug_ranges tools/slim_bytecode.py \
        "$destdir$library"/lib/python3*/site-packages/ruijie_proxy "$destdir"
    ln -sf "../lib/ruijie-proxy/bin/ruijie-proxy" "$destdir$command"

    sed "s|/usr/local/bin/|$prefix/bin/|; s|/etc/ruijie-proxy/|$configuration/|" \
        systemd/ruijie-proxy.service >"$destdir$unit"
    chmod 0644 "$destdir$unit"
    install -m 0644 configs/*.yaml systemd/ruijie-proxy.rules "$destdir$examples/"

    # Configuration stays when the program goes, so its directory is in no list.
    if [ ! -e "$destdir$configuration/config.yaml" ]; then
        install -d -m 0755 "$destdir$configuration"
        install -m 0600 configs/config.yaml "$destdir$configuration/config.yaml"
        echo "an example to edit: $configuration/config.yaml"
    else
        echo "left as it is: $configuration/config.yaml"
    fi
    install -m 0644 "$list" "$made"
    if live; then
        systemctl daemon-reload
    fi
    echo "installed: $command, $unit"
}

uninstall_all() {
    if [ ! -d "$destdir$library" ]; then
        echo "nothing is installed in $library" >&2
        exit 1
    fi
    if live; then
        systemctl disable --now --quiet ruijie-proxy.service || true
    fi
    directories=''
    [ ! -f "$made" ] || directories=$(sed '1!G;h;$!d' "$made")
    # Only a command that is ours: pip may have installed another.
    [ "$(readlink "$destdir$command" || true)" != ../lib/ruijie-proxy/bin/ruijie-proxy ] ||
        rm "$destdir$command"
    rm -f "$destdir$unit"
    for file in configs/*.yaml systemd/ruijie-proxy.rules; do
        rm -f "$destdir$examples/$(basename "$file")"
    done
    rm -rf "$destdir$library"
    for directory in $directories; do
        rmdir --ignore-fail-on-non-empty "$destdir$directory"
    done
    if live; then
        systemctl daemon-reload
    fi
    echo "removed. Kept, as they are yours: $configuration (configuration), $state (sessions)"
}

require_absolute "$prefix" "$sysconfdir" "$unitdir"
"${action}_all"
