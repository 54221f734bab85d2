#!/bin/sh
# Programs that zig 0.17.1 compiles for an x86 without SSE2 round wrongly: floor(7.5) is 7.5.
#
# zig's own library has floor, ceil, rint, round and nearbyint for every processor (lib/compiler_rt/floor_ceil.zig and its
# neighbours, ported from musl), where musl has assembly for this one. They add and subtract 2^52, so that a double has no bit
# left behind its point. On the x87 a sum stays in a register with eleven bits more, and the bits behind the point with it; musl
# adds 2^63 there instead. Nothing warns, and whoever links statically has no other floor. (trunc and fmod are right.) Telling
# the x87 to work with 53 bits (fldcw) makes all of them right. Rust's libm had the same (rust-lang/libm, 243).
#
# Usage: findings/zig-floor-on-x87.sh   (needs Python, PyPI and a Linux on x86; works in a temporary folder)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$folder/cache" ZIG_LOCAL_CACHE_DIR="$folder/cache"

cat >"$folder/round.c" <<'END'
#include <math.h>
#include <stdio.h>

int main(void)
{
#ifdef PRECISION_OF_DOUBLES
    unsigned short control = 0x027f;
    __asm__ volatile("fldcw %0" : : "m"(control));
#endif
    volatile double x = 7.5;
    printf("%g %g %g %g %g\n", floor(x), ceil(x), rint(x), round(x), trunc(x));
    return 0;
}
END

result=0
expect() { # NUMBERS CPU OPTION...
    expected=$1 cpu=$2
    shift 2
    "$folder/ziglang/zig" cc --target=x86-linux-musl "-mcpu=$cpu" -static "$@" "$folder/round.c" -o "$folder/round"
    seen=$("$folder/round")
    echo "$cpu $*: floor, ceil, rint, round and trunc of 7.5 are $seen"
    [ "$seen" = "$expected" ] || { echo "  expected: $expected" >&2; result=1; }
}

expect "7 8 8 8 7" pentium4
expect "7.5 7.5 7.5 7.5 7" pentium_mmx
expect "7 8 8 8 7" pentium_mmx -DPRECISION_OF_DOUBLES
exit $result
