"""What a session at a web portal costs in memory, beside one that logs in by 802.1X."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cables import WAN, cabled_namespaces, ip
from bench.comparison import Comparison, Limit
from bench.errors import BenchError
from bench.forwarder import LOGIN_SESSION, Forwarder
from bench.many_sessions import SETTLING, START_PATIENCE, logins_online, start_daemon
from bench.memory import read_memory
from bench.processes import NamespacedProcess
from bench.switch_bank import PORT
from ruijie_proxy.lab.campus.owners import owned_prefix
from ruijie_proxy.lab.options_json import options_to_json
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.lab.portal.process import SERVER
from ruijie_proxy.lab.portal.web import OUTSIDE

COUNT = 10
"""Sessions in one daemon, to find out what each costs."""
MORE_LIMIT = Limit(1500.0)
"""kB beyond a session that logs in by 802.1X."""
EACH_LIMIT = Limit(40.0)
"""kB of each session beyond the first: of whoever asks a portal, too, and of what it came to."""
PORTAL = PortalOptions(keepalive=1)


def measure_portal_memory() -> list[Comparison]:
    """Measure daemons online at a switch and at portals. Raises BenchError."""
    with logins_online(1) as logins:
        login = read_memory(logins.daemon.pid)
    with portal_sessions_online(1) as daemon:
        one = read_memory(daemon.pid)
    with portal_sessions_online(COUNT) as daemon:
        many = read_memory(daemon.pid)
    rows = []
    for kind in ("Rss", "Pss"):
        figures = {LOGIN_SESSION: login[kind], Forwarder.DAEMON.value: one[kind]}
        more = {Forwarder.DAEMON.value: one[kind] - login[kind]}
        each = {Forwarder.DAEMON.value: (many[kind] - one[kind]) / (COUNT - 1)}
        rows += [
            Comparison(f"portal session: memory ({kind.upper()})", "kB", figures),
            Comparison("  more than a login session's", "kB", more, limit=MORE_LIMIT),
            Comparison(f"  each of {COUNT} beyond the first", "kB", each, limit=EACH_LIMIT),
        ]
    return rows


@contextmanager
def portal_sessions_online(count: int) -> Iterator[NamespacedProcess]:
    """Yield a daemon with so many sessions online at a portal, each behind a port of its own.

    Raises BenchError.
    """
    with ExitStack() as resources:
        directory = Path(resources.enter_context(TemporaryDirectory(prefix=owned_prefix())))
        router, campus = resources.enter_context(cabled_namespaces(count))
        _give_addresses(router, campus, count)
        options = json.dumps(options_to_json(PORTAL))
        portal = NamespacedProcess(campus, sys.executable, "-m", SERVER, options)
        resources.callback(portal.stop)
        if "listening" not in portal.next_line(START_PATIENCE):
            raise BenchError("the portal does not start; see above")
        daemon = start_daemon(router, directory, [_session(number) for number in range(count)])
        resources.callback(daemon.stop)
        online: set[str] = set()
        while len(online) < count:
            told: Mapping[str, str] = json.loads(portal.next_line(START_PATIENCE, daemon))
            if "complaint" in told:
                raise BenchError(f"the portal complains: {told['complaint']}")
            if "let_in" in told:
                online.add(told["let_in"])
        time.sleep(SETTLING)
        yield daemon


def _session(number: int) -> dict[str, str]:
    return {
        "mode": "portal",
        "wan": f"{WAN}{number}",
        "username": PORTAL.user,
        "password": PORTAL.password,
        "dhcp": "off",
    }


def _give_addresses(router: str, campus: str, count: int) -> None:
    ip(
        campus,
        "link set lo up",
        f"address add {OUTSIDE}/32 dev lo",
        f"address add {PORTAL.host}/32 dev lo",
        *(f"address add 10.20.{number}.1/24 dev {PORT}{number}" for number in range(count)),
    )
    ip(router, *(f"address add 10.20.{number}.2/24 dev {WAN}{number}" for number in range(count)))
    # Of several ways out, each answers by its own.
    ip(
        router,
        *(
            f"route add default via 10.20.{number}.1 dev {WAN}{number} metric {number + 1}"
            for number in range(count)
        ),
    )
