#!/bin/sh
# scapy's reader of pcapng takes the interfaces of the first section for those of every later one.
#
# A pcapng file may have several sections, one behind the other (two files joined by cat are one), and each counts its
# interfaces from 0 anew (draft-ietf-opsawg-pcapng, "Section Header Block"). scapy adds the later ones to its list and
# looks interface 0 up in it, so a packet of the second section gets link type, name and resolution of times from the
# first: a packet of Wi-Fi recorded in microseconds, behind a section of Ethernet in nanoseconds, becomes an Ethernet
# frame of eth0 from January 1970. No error and no warning. Seen with 2.6.1, 2.7.0 and 2.8.0.
#
# Usage: findings/scapy-keeps-interfaces-of-earlier-sections.sh   (needs PyPI; works in a temporary folder)
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

cat >"$folder/two.py" <<'END'
import struct
import sys

AT = 1_795_000_000


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def section(name, link_type, digits, data):
    """One packet, at AT, of one interface whose times have so many digits behind the point."""
    ticks = AT * 10**digits
    named = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4)
    resolved = struct.pack("<HHBxxx", 9, 1, digits)
    packet = struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return (
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        + block(1, struct.pack("<HxxI", link_type, 0) + named + resolved + bytes(4))
        + block(6, packet + data)
    )


with open(sys.argv[1], "wb") as file:
    file.write(section(b"eth0", 1, 9, bytes(60)))
    file.write(section(b"mon0", 127, 6, bytes.fromhex("0000080000000000") + bytes(24)))

from scapy.utils import RawPcapNgReader  # noqa: E402 - with no interface, it warns

for _data, told in RawPcapNgReader(sys.argv[1]):
    ticks = told.tshigh << 32 | told.tslow
    print(told.linktype, told.ifname.decode(), ticks // told.tsresol, end="; ")
END

result=0
for version in 2.6.1 2.7.0 2.8.0; do
    python3 -m pip install --quiet --no-deps --target "$folder/$version" "scapy==$version"
    seen=$(PYTHONPATH="$folder/$version" python3 "$folder/two.py" "$folder/two.pcapng")
    echo "scapy $version: $seen"
    [ "$seen" = "1 eth0 1795000000; 1 eth0 1795000; " ] || result=1
done
echo "in the file:    1 eth0 1795000000; 127 mon0 1795000000"
exit "$result"
