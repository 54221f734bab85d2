"""A campus that lets people in by a web page: who finds no 802.1X there says so."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.i18n import told_by
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.portal.watch import PortalWatch
from ruijie_proxy.runtime.telling.machine_events import Noted
from tests.namespaces.doctor_visit import Practice

if TYPE_CHECKING:
    from pathlib import Path

    from ruijie_proxy.runtime.telling.machine_events import MachineEvent
    from tests.namespaces.conftest import Namespace, Network

GATEWAY = """
import http.server, json, sys
pages = json.loads(sys.argv[1])
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        status, location, body = pages.get(self.path.partition("?")[0], pages[""])
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("0.0.0.0", 80), Handler)
print("serves", flush=True)
server.serve_forever()
"""
ADDRESS = "10.20.30.100/24"
GATE = "10.20.30.1"
QUERY = "wlanuserip=0a141e64&mac=020000000001&t=wireless-v2"
PAGE = f"<script>top.self.location.href='http://{GATE}/eportal/index.jsp?{QUERY}'</script>"


@pytest.fixture
def practice(network: Network, tmp_path: Path) -> Practice:
    """Return a router that has an address on the campus's network."""
    practice = Practice(network, tmp_path)
    practice.campus.ip("address", "add", f"{GATE}/24", "dev", "port")
    # As gateways do, it answers in the place of whoever is asked.
    practice.campus.ip("address", "add", "123.123.123.123/32", "dev", "lo")
    practice.router.ip("address", "add", ADDRESS, "dev", "wan")
    practice.router.ip("route", "add", "default", "via", GATE)
    return practice


def serve(
    network: Network, campus: Namespace, pages: dict[str, tuple[int, str | None, str]]
) -> subprocess.Popen[str]:
    server = network.start(campus, sys.executable, "-c", GATEWAY, json.dumps(pages))
    assert server.stdout is not None
    assert server.stdout.readline() == "serves\n"
    return server


@pytest.mark.parametrize(
    ("pages", "name"),
    [
        ({"": (200, None, PAGE), "/eportal/index.jsp": (200, None, "<html/>")}, "Ruijie's ePortal"),
        (
            {
                "": (200, None, PAGE),
                "/eportal/index.jsp": (302, "/portal/portal-main?sessionId=1", ""),
                "/portal/portal-main": (302, "/portal/entry/1", ""),
            },
            "Ruijie's SAM+ portal",
        ),
        ({"": (302, f"http://{GATE}/srun_portal_pc?ac_id=1", "")}, "Srun"),
        ({"": (302, "https://login.campus.example/cas", "")}, "a web page of its own"),
        ({"": (302, "https://login.campus.example/eportal/index.jsp?a=b", "")}, "Ruijie's ePortal"),
    ],
)
def test_the_doctor_names_the_portal_where_no_switch_is_heard(
    network: Network,
    practice: Practice,
    pages: dict[str, tuple[int, str | None, str]],
    name: str,
) -> None:
    serve(network, practice.campus, pages)

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["web-portal"], 1)
    finding = diagnosis.finding("web-portal")
    assert f"a web portal lets people in: {name}, at http" in finding["what"]
    assert QUERY not in json.dumps(finding)
    settles_itself = "can log in there by itself" in json.dumps(finding)
    assert settles_itself is (name == "Ruijie's ePortal" and "at http://" in finding["what"])


def test_a_portal_that_the_session_is_for_is_no_trouble(
    network: Network, practice: Practice
) -> None:
    serve(network, practice.campus, {"": (200, None, PAGE), "/eportal/index.jsp": (200, None, "")})
    practice.configure(mode="auto", username="2026", password="plum-tree")

    diagnosis = practice.visit()

    assert "Ruijie's ePortal" in diagnosis.finding("web-portal")["what"]
    assert "web-portal" not in diagnosis.troubles


@pytest.mark.parametrize(
    "pages", [{"": (204, None, "")}, {"": (200, None, "<html>It works</html>")}, None]
)
def test_a_page_that_leads_nowhere_is_no_portal(
    network: Network, practice: Practice, pages: dict[str, tuple[int, str | None, str]] | None
) -> None:
    if pages:
        serve(network, practice.campus, pages)

    diagnosis = practice.visit()

    assert diagnosis.troubles == []


def test_the_daemon_tells_of_a_portal_once(network: Network, practice: Practice) -> None:
    serve(network, practice.campus, {"": (302, f"http://{GATE}/zportal/loginForWeb?a=b", "")})
    told: list[MachineEvent] = []
    with practice.router.entered():
        loop = EventLoop()

        def tell(event: MachineEvent) -> None:
            told.append(event)
            loop.stop()

        watch = PortalWatch(loop, "wan", Mode.RELAY, tell)
        watch.look()
        loop.run()
        watch.look()
        assert watch.is_looking
        watch.close()
        loop.close()

    (event,) = told
    assert isinstance(event, Noted)
    assert event.text.startswith(
        f"behind wan, a web portal lets people in: zportal, at http://{GATE}. "
    )
    assert isinstance(told_by(event.text), dict), "it can be told in another language"


def test_a_port_without_an_address_asks_nobody(practice: Practice) -> None:
    practice.router.ip("address", "flush", "dev", "wan")
    with practice.router.entered():
        loop = EventLoop()
        watch = PortalWatch(loop, "wan", Mode.RELAY, lambda event: pytest.fail(str(event)))

        watch.look()

        assert not watch.is_looking
        loop.close()
