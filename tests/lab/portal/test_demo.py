"""The demonstration of a web portal, on real sockets, in both languages."""

from __future__ import annotations

import io

import pytest

from ruijie_proxy.lab.portal.demo import run_portal_demo
from tests.chinese import run_in_chinese


@pytest.mark.namespaces
def test_it_shows_one_login_for_a_program_that_is_started_twice() -> None:
    output = io.StringIO()

    assert run_portal_demo(output) == 0

    shown = output.getvalue()
    assert shown.index("the login, enciphered") < shown.index("the session is adopted")
    assert "logins that the portal got: 1" in shown
    assert "has nothing to complain about" in shown


@pytest.mark.namespaces
def test_it_speaks_chinese_too() -> None:
    shown = run_in_chinese("lab", "demo", "--portal")

    assert shown.returncode == 0
    assert "认证，密码已加密" in shown.stdout
