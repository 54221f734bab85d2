#!/bin/sh
# zig 0.17.1, told to compile for a PowerPC 440 (-mcpu=440), writes isel, which a 440 does not have.
#
# LLVM's description of that processor lists isel (integer select), and takes it where C has ?: as below. qemu's 440 and 460EX
# have none, and a program ends there with an illegal instruction; `zig cc` warns of nothing. -mcpu=440-isel leaves it out.
# The other processors of that family are told apart well: an e500 has isel, a plain ppc has none, and so a table of routers by
# their processors' names looks right.
#
# The instruction is looked for by its encoding: primary opcode 31, and 15 in bits 26 to 30 (Power ISA 2.03, "isel").
#
# Usage: findings/zig-isel-on-ppc440.sh   (needs Python and PyPI; works in a temporary folder, runs nothing of what it compiles)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$folder/cache" ZIG_LOCAL_CACHE_DIR="$folder/cache"

cat >"$folder/larger.c" <<'END'
int larger(int one, int other) { return one > other ? one : other; }
END
cat >"$folder/count.py" <<'END'
import struct
import sys

data = open(sys.argv[1], "rb").read()
assert data[:6] == b"\x7fELF\x01\x02", "a 32-bit object in big endian"
(sections_at,) = struct.unpack_from(">I", data, 32)
size, count, names = struct.unpack_from(">HHH", data, 46)
sections = [struct.unpack_from(">10I", data, sections_at + number * size) for number in range(count)]
name_at = sections[names][4]
code = [one for one in sections if data[name_at + one[0] :].startswith((b".text\0", b".text.larger\0"))]
words = [word for one in code for (word,) in struct.iter_unpack(">I", data[one[4] : one[4] + one[5]])]
assert len(words) > 1, "there is code"
print(sum(word >> 26 == 31 and word >> 1 & 31 == 15 for word in words))
END

result=0
expect() { # NUMBER CPU
    "$folder/ziglang/zig" cc --target=powerpc-linux-musleabi "-mcpu=$2" -O2 -c "$folder/larger.c" -o "$folder/larger.o"
    seen=$(python3 "$folder/count.py" "$folder/larger.o")
    echo "$2: isel stands $seen times in the object"
    [ "$seen" = "$1" ] || { echo "  expected: $1" >&2; result=1; }
}

expect 1 440
expect 0 440-isel
expect 0 ppc
exit $result
