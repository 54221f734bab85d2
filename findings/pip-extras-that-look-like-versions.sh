#!/bin/sh
# pip 24.1 to 25.3 cannot install a package that has an extra named like a version beside another extra.
#
# Any name is good for an extra (PEP 685), "v2" among them; its requirements are written down as: X; extra == "v2". Those
# releases of pip evaluate that marker with each extra of the package in turn, and where the right side is a valid version
# (PEP 440 allows a leading v), they read the left side as one, too: with an extra "dev" beside it the installation ends
# with InvalidVersion: 'dev', although nobody asked for an extra. Seen with 24.1, 25.1.1 and 25.3; not with 24.0 and 26.0.
# Either extra alone installs.
#
# Usage: findings/pip-extras-that-look-like-versions.sh   (needs Python 3.11 to 3.13 and PyPI; works in a temporary folder)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m pip install --quiet --target "$folder/flit" flit-core==3.10.1
export PYTHONPATH="$folder/flit"

package() { # NAME EXTRAS: makes a package of one module, with these extras
    mkdir -p "$folder/$1"
    printf '"""Nothing."""\n__version__ = "1"\n' >"$folder/$1/$1.py"
    {
        printf '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
        printf '[project]\nname = "%s"\nversion = "1"\ndescription = "Nothing"\n' "$1"
        printf '[project.optional-dependencies]\n'
        for extra in $2; do printf '%s = ["pefile"]\n' "$extra"; done
    } >"$folder/$1/pyproject.toml"
}

package both "dev v2"
package one "v2"
package other "dev"

told() { # PIP PACKAGE: what comes of installing it
    if python3 "$folder/$1/pip" install --quiet --no-index --no-deps --no-build-isolation \
        --target "$folder/installed-$1-$2" "$folder/$2" >"$folder/out" 2>&1; then
        echo installed
    elif grep -q "InvalidVersion: Invalid version: 'dev'" "$folder/out"; then
        echo InvalidVersion
    else
        cat "$folder/out" >&2
        echo something else
    fi
}

result=0
expect() { # VERSION PACKAGE EXPECTED
    [ -d "$folder/$1" ] || python3 -m pip install --quiet --no-deps --target "$folder/$1" "pip==$1"
    seen=$(told "$1" "$2")
    echo "pip $1, package '$2': $seen"
    [ "$seen" = "$3" ] || { echo "  expected: $3" >&2; result=1; }
}

expect 24.0 both installed
expect 24.1 both InvalidVersion
expect 25.1.1 both InvalidVersion
expect 25.3 both InvalidVersion
expect 26.0 both installed
expect 25.3 one installed
expect 25.3 other installed
exit $result
