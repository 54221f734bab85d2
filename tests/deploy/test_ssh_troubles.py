"""What OpenSSH says, and what the user is told. Lines as OpenSSH 9.2 has written them."""

from __future__ import annotations

import pytest

from ruijie_proxy.deploy.errors import Trouble
from ruijie_proxy.deploy.ssh_troubles import not_connected


@pytest.mark.parametrize(
    ("said", "told", "trouble"),
    [
        (
            "root@192.168.1.1: Permission denied (publickey,password).",
            "the password is wrong",
            Trouble.FORBIDDEN,
        ),
        (
            "ssh: connect to host 192.168.1.1 port 22: Connection refused",
            "takes no SSH at this port",
            Trouble.NO_ANSWER,
        ),
        (
            "ssh: connect to host 192.168.1.1 port 22: Connection timed out",
            "Nobody answers at 192.168.1.1",
            Trouble.NO_ANSWER,
        ),
        (
            "ssh: connect to host 192.168.1.1 port 22: No route to host",
            "Nobody answers at 192.168.1.1",
            Trouble.NO_ANSWER,
        ),
        (
            "Unable to negotiate with 192.168.1.1 port 22: no matching host key type found. "
            "Their offer: ssh-rsa",
            "HostKeyAlgorithms=+ssh-rsa",
            Trouble.FORBIDDEN,
        ),
        ("Host key verification failed.", "answer “yes”", Trouble.FORBIDDEN),
        (
            "command-line: line 0: Bad configuration option: nonsense",
            "command-line: line 0: Bad configuration option: nonsense",
            Trouble.MISUSED,
        ),
        (
            "kex_exchange_identification: Connection closed by remote host",
            "it said: kex_exchange_identification",
            Trouble.NO_ANSWER,
        ),
        ("", "it said: nothing", Trouble.NO_ANSWER),
    ],
)
def test_each_has_its_sentence(said: str, told: str, trouble: Trouble) -> None:
    error = not_connected("root@192.168.1.1", said)

    assert told in str(error)
    assert error.trouble is trouble


def test_what_the_other_end_says_cannot_steer_the_terminal() -> None:
    error = not_connected("root@192.168.1.1", "banner \x1b[2J\x07 \u202eend")

    assert str(error).isprintable()
