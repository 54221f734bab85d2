"""The page "Learn from a capture", with its own script and the real program behind it."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ruijie_proxy.lab.options import ClientOptions
from tests.inspect.recorded import login, pcapng
from tests.openwrt.luci.conftest import PHONE, OpenPage
from tests.openwrt.luci.router import APP, Outcome, Rights, Router

SCRIPT = APP / "root/usr/libexec/ruijie-proxy-learn"
COMMAND = "/usr/libexec/ruijie-proxy-learn"
UPLOADED = "/tmp/ruijie-proxy-learn.upload"
CLIENT = ClientOptions()


class Machine:
    """Where the script runs: its paths lead into a folder, its program is the real one."""

    def __init__(self, folder: Path, router: Router) -> None:
        self.folder = folder
        self.capture = folder / "upload"
        self.configuration = folder / "ruijie-proxy"
        self.services: Path = folder / "services"
        self._router = router
        text = SCRIPT.read_text()
        for path, instead in (
            (UPLOADED, str(self.capture)),
            ("/etc/init.d/ruijie-proxy", f"echo >>{self.services}"),
            ('set -- "$@" -o ;;', f'set -- "$@" -o {self.configuration} --wan wan --lan br-lan ;;'),
        ):
            assert path in text
            text = text.replace(path, instead)
        self.script = folder / "script"
        self.script.write_text(text)
        program = folder / "ruijie-proxy-command"
        program.mkdir()
        (program / "ruijie-proxy").write_text(
            f'#!/bin/sh\nexec {sys.executable} -m ruijie_proxy "$@"\n'
        )
        (program / "ruijie-proxy").chmod(0o755)
        self._path = f"{program}:{os.environ['PATH']}"

    def run(self, *words: str, password: str = "") -> Outcome:
        """Run the script in BusyBox's shell, on what was uploaded last."""
        if UPLOADED in self._router.uploads:
            self.capture.write_bytes(self._router.uploads.pop(UPLOADED))
        done = subprocess.run(
            ["busybox", "sh", str(self.script), *words],
            env={"PATH": self._path, "LANGUAGE": "en", "RUIJIE_PROXY_PASSWORD": password},
            capture_output=True,
            check=False,
        )
        assert not self.capture.exists(), "what was uploaded is gone, whatever came of it"
        out = done.stdout.decode("utf-8", "surrogateescape")
        return Outcome(done.returncode, out, done.stderr.decode())

    def serve(self, account: str) -> None:
        """Have the page's commands run it."""

        def as_told(task: str) -> Outcome:
            given = self._router.environments[-1:] or [{}]
            words = [task, "--", account] if task != "share" else [task, "--"]
            language = self._router.program_language
            return self.run(language, *words, password=given[0].get("RUIJIE_PROXY_PASSWORD", ""))

        for language in ("en", "zh"):
            for task in ("show", "use"):
                line = f"{COMMAND} {language} {task} -- {account}"
                self._router.programs[line] = partial(as_told, task)
            self._router.programs[f"{COMMAND} {language} share --"] = partial(as_told, "share")


@pytest.fixture
def machine(tmp_path: Path, router: Router) -> Machine:
    return Machine(tmp_path, router)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Return a capture of a login that succeeded."""
    path = tmp_path / "login.pcapng"
    path.write_bytes(pcapng(login(client=CLIENT)))
    return path


def fill(page: Page, capture: Path, account: str = "", password: str = "") -> None:
    page.locator("#ruijie-proxy-capture").set_input_files(capture)
    page.locator("#ruijie-proxy-account").fill(account)
    page.locator("#ruijie-proxy-password").fill(password)


def test_what_the_capture_teaches_is_shown_and_used(
    router: Router, machine: Machine, capture: Path, open_page: OpenPage
) -> None:
    machine.serve(CLIENT.username)
    before = "config globals 'globals'\n\toption log_level 'debug'\n"
    machine.configuration.write_text(before)
    page = open_page("learn")
    fill(page, capture, CLIENT.username, CLIENT.password)

    page.locator('[data-action="show"]').click()
    expect(page.locator("#ruijie-proxy-findings pre")).to_contain_text("nothing differs")
    assert machine.configuration.read_text() == before
    page.locator('[data-action="use"]').click()
    expect(page.locator(".alert-message.success")).to_contain_text("The settings are in use.")

    written = machine.configuration.read_text()
    assert before in written
    assert f"option username '{CLIENT.username}'" in written
    assert machine.services.read_text().split() == ["enable", "restart"]
    assert page.locator("#ruijie-proxy-password").input_value() == ""
    assert not any(CLIENT.password in command for command in router.commands)


def test_without_the_password_it_says_what_could_not_be_checked(
    machine: Machine, capture: Path, open_page: OpenPage
) -> None:
    machine.serve("")
    page = open_page("learn")
    fill(page, capture)

    page.locator('[data-action="show"]').click()

    expect(page.locator("#ruijie-proxy-findings pre")).to_contain_text("password")
    expect(page.locator('[data-action="use"]')).to_have_count(1)


def test_a_file_that_is_no_capture_says_so_and_offers_nothing(
    machine: Machine, tmp_path: Path, open_page: OpenPage
) -> None:
    machine.serve("")
    page = open_page("learn")
    (tmp_path / "photo.pcap").write_bytes(b"\x89PNG<img src=x onerror=alert(1)>" * 10)
    fill(page, tmp_path / "photo.pcap")

    page.locator('[data-action="show"]').click()

    expect(page.locator("#ruijie-proxy-findings pre")).to_contain_text(
        "this is neither a pcap nor a pcapng file"
    )
    expect(page.locator('[data-action="use"]')).to_have_count(0)


def test_a_small_file_that_unpacks_to_gigabytes_is_given_up(
    machine: Machine, tmp_path: Path, open_page: OpenPage
) -> None:
    machine.script.write_text(machine.script.read_text().replace("-t 120", "-t 1"))
    machine.serve("")
    many_logins = pcapng(login(client=CLIENT)) * 10_000
    (tmp_path / "small.pcapng.gz").write_bytes(gzip.compress(many_logins) * 30)
    page = open_page("learn")
    fill(page, tmp_path / "small.pcapng.gz")

    page.locator('[data-action="show"]').click()

    expect(page.locator("#ruijie-proxy-findings pre")).to_contain_text("too long to read")
    expect(page.locator('[data-action="use"]')).to_have_count(0)


def test_a_copy_to_share_has_nothing_personal(
    machine: Machine, capture: Path, tmp_path: Path, open_page: OpenPage
) -> None:
    machine.serve("")
    page = open_page("learn")
    fill(page, capture)

    page.locator('[data-action="share"]').click()
    with page.expect_download() as download:
        page.locator("a[download]").click()
    download.value.save_as(tmp_path / "public.pcapng")

    copy = (tmp_path / "public.pcapng").read_bytes()
    assert CLIENT.username.encode() in capture.read_bytes()
    assert CLIENT.username.encode() not in copy
    assert copy.startswith(b"\n\r\r\n")


@pytest.mark.parametrize("task", ["show", "share"])
def test_without_a_file_it_asks_for_one(task: str, router: Router, open_page: OpenPage) -> None:
    page = open_page("learn")
    page.locator(f'[data-action="{task}"]').click()
    expect(page.locator(".alert-message.error")).to_have_text("Choose a capture first.")
    assert router.commands == []


def test_a_file_that_is_too_large_is_not_uploaded(
    router: Router, tmp_path: Path, open_page: OpenPage
) -> None:
    page = open_page("learn")
    large = tmp_path / "large.pcap"
    with large.open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    fill(page, large)

    page.locator('[data-action="show"]').click()

    expect(page.locator(".alert-message.error")).to_contain_text("The file has 9.0 MB")
    assert router.uploads == {}


def test_who_may_only_read_can_press_nothing(router: Router, open_page: OpenPage) -> None:
    router.rights = Rights(writable=())
    page = open_page("learn")
    expect(page.locator('[data-action="show"]')).to_be_disabled()
    expect(page.locator('[data-action="share"]')).to_be_disabled()
    expect(page.locator(".alert-message.warning")).to_be_visible()


def test_it_fits_on_a_phone_in_chinese(router: Router, open_page: OpenPage) -> None:
    router.language = "zh-cn"
    page = open_page("learn", size=PHONE)
    expect(page.locator("h2")).to_contain_text("从抓包学习")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    "words", [(), ("fr", "show", "--", ""), ("en", "rm", "--", ""), ("en", "use; reboot", "--", "")]
)
def test_the_script_does_nothing_else(machine: Machine, words: tuple[str, ...]) -> None:
    machine.capture.write_bytes(b"x")
    assert machine.run(*words).code == 2
    assert not machine.services.exists()


def test_the_script_follows_no_link(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    machine.capture.symlink_to(tmp_path / "secret")
    assert machine.run("en", "show", "--", "").code == 2
    assert (tmp_path / "secret").exists()


def test_an_account_that_looks_like_an_option_is_none(
    machine: Machine, router: Router, capture: Path
) -> None:
    router.uploads[UPLOADED] = capture.read_bytes()
    told = machine.run("en", "show", "--", "--help")
    assert told.code == 2
    assert "Usage:" not in told.stdout
