"""Renews the list of Ruijie's vendor parts of MAC addresses from the IEEE's registry.

``python -m tools.vendors`` takes the registry of Debian's package ``ieee-data``, and
``python -m tools.vendors FILE`` that of a file like its ``oui.csv``. It writes the list into
``src/ruijie_proxy/protocol/clients/ruijie_vendors.py``, and says what is new and what is gone.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

REGISTRY = Path("/usr/share/ieee-data/oui.csv")
LIST = Path(__file__).parents[1] / "src/ruijie_proxy/protocol/clients/ruijie_vendors.py"

NAMES = ("ruijienetworks", "fujianstarnetcommunication", "fujianstarterminal")
"""How the owners' names begin, in lower case and without all but letters.

*Ruijie Networks* makes the switches. *Fujian Star-net Communication* is the company that it belongs
to, at the same address; the genuine client of 2014 counts 00:1A:A9 of that name as Ruijie's, so all
of that name do here. *Fujian Star Terminal (Device)* is an older name of it, cut in the registry;
its only entry is 00:D0:F8, the best known of the four of that client. Not meant are others that are
called so: *Shanghai Ruijie Technology*, *Changsha keruijie*, *Shenzhen LianwangRuijie*, *Star-Net*
of Israel and *Starnet Technologies* of San Jose have nothing to do with it.
"""
A_LINE = 11
"""Vendor parts."""


def vendors_in(registry: Iterable[str]) -> list[str]:
    """Return Ruijie's vendor parts in the lines of a registry, as hex digits in their order.

    Only whole ones, of 24 bits: smaller pieces are other people's who share a vendor part.
    """
    found = {
        row["Assignment"].lower()
        for row in csv.DictReader(registry)
        if re.sub("[^a-z]", "", row["Organization Name"].lower()).startswith(NAMES)
        and row["Registry"] == "MA-L"
    }
    return sorted(found)


def date_of(registry: Path) -> str:
    """Return the day on which a registry was made; the package's own mark is left behind by it."""
    return datetime.fromtimestamp(registry.stat().st_mtime, UTC).date().isoformat()


def renewed(module: str, vendors: list[str], date: str) -> str:
    """Return the text of the list's module with these vendor parts in it."""
    lines = [" ".join(vendors[at : at + A_LINE]) for at in range(0, len(vendors), A_LINE)]
    listed = "".join(f"    {line}\n" for line in lines)
    module = re.sub(r'(?<=REGISTRY_DATE = ")[^"]*', date, module)
    return re.sub(r'(?<=bytes.fromhex\(\n    """\n)[^"]*(?=    """)', listed, module)


def main() -> None:
    """Renew the list."""
    registry = Path(sys.argv[1]) if len(sys.argv) > 1 else REGISTRY
    try:
        with registry.open(encoding="utf-8", newline="") as lines:
            vendors = vendors_in(lines)
    except OSError as error:
        sys.exit(f"{error}\nInstall Debian's ieee-data, or name another registry.")
    if not vendors:
        sys.exit(f"{registry} names nobody of {', '.join(NAMES)}: it is no oui.csv")
    before = LIST.read_text("utf-8")
    had = set(re.findall(r"\b[0-9a-f]{6}\b", before))
    LIST.write_text(renewed(before, vendors, date_of(registry)), "utf-8")
    print(f"{len(vendors)} vendor parts, as of {date_of(registry)}")
    print("new:", *sorted(set(vendors) - had))
    print("gone:", *sorted(had - set(vendors)))


if __name__ == "__main__":
    main()
