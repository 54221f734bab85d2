"""Namespaces for a router and a campus, with many cables between them.

::

    router: wan0 ═══ port0, wan1 ═══ port1, …
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from pyroute2 import netns

from bench.errors import BenchError
from bench.switch_bank import PORT
from ruijie_proxy.lab.campus.owners import owned_prefix

WAN = "wan"


@contextmanager
def cabled_namespaces(count: int) -> Iterator[tuple[str, str]]:
    """Make a router and a campus with so many cables; yield their names. Raises BenchError."""
    router, campus = (f"{owned_prefix()}many-{role}" for role in ("router", "campus"))
    with _namespace(router), _namespace(campus):
        lines = []
        for number in range(count):
            wan, port = f"{WAN}{number}", f"{PORT}{number}"
            lines.append(f"link add {wan} type veth peer name {port} netns {campus}")
            lines.append(f"link set {wan} up")
        ip(router, *lines)
        ip(campus, *(f"link set {PORT}{number} up" for number in range(count)))
        yield router, campus


def ip(namespace: str, *lines: str) -> None:
    """Have ``ip`` do what these lines say in a namespace. Raises BenchError."""
    _run("ip", "-n", namespace, "-batch", "-", given="\n".join(lines))


@contextmanager
def _namespace(name: str) -> Iterator[None]:
    """Make a namespace, in which nothing but what is measured sends frames."""
    netns.create(name)
    try:
        for scope in ("all", "default"):
            switched_off = f"net.ipv6.conf.{scope}.disable_ipv6=1"
            _run("ip", "netns", "exec", name, "sysctl", "-qw", switched_off)
        yield
    finally:
        netns.remove(name)


def _run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip()}")
