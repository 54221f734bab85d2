"""What OpenSSH says when it cannot connect, and what that means to the user.

ssh's texts are always English. Those of OpenSSH 9.2 were seen; most are the same since 5.x.
"""

from __future__ import annotations

import re

from ruijie_proxy.deploy.errors import ConnectionLost, NotDeployed, Trouble
from ruijie_proxy.deploy.router_facts import host_of
from ruijie_proxy.deploy.text import lines
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.values import Frozen


class _Meaning(Frozen):
    """What some words of ssh's mean."""

    words: re.Pattern[str]
    text: str
    trouble: Trouble


def _meaning(words: str, text: str, trouble: Trouble) -> _Meaning:
    return _Meaning(re.compile(words), text, trouble)


_MEANINGS = (
    _meaning(
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        N_(
            "The router at {host} has another key than the last time. After it was flashed anew "
            "that is right: run “ssh-keygen -R {host}”, and this command again. Otherwise it may "
            "be another machine."
        ),
        Trouble.FORBIDDEN,
    ),
    _meaning(
        "Host key verification failed",
        N_(
            "The key of {host} was not accepted. Run the command again, and answer “yes” where ssh "
            "asks whether to go on."
        ),
        Trouble.FORBIDDEN,
    ),
    _meaning(
        "Permission denied|Too many authentication failures",
        N_(
            "{host} does not let us in: the password is wrong, or the user. It is the password of "
            "the router's web page, and the user is root: root@{host}."
        ),
        Trouble.FORBIDDEN,
    ),
    _meaning(
        "no matching host key type|no matching key exchange method|Unable to negotiate",
        N_(
            "The router's SSH is older than this laptop's takes. Run the command again with "
            "--ssh-option HostKeyAlgorithms=+ssh-rsa --ssh-option PubkeyAcceptedAlgorithms=+ssh-rsa"
        ),
        Trouble.FORBIDDEN,
    ),
    _meaning(
        "Could not resolve hostname|Name or service not known|nodename nor servname",
        N_("There is no machine called {host}. Write the router's address, such as 192.168.1.1."),
        Trouble.NO_ANSWER,
    ),
    _meaning(
        "Connection refused",
        N_(
            "{host} is there, but takes no SSH at this port. Switch it on in the router's web page "
            "(System → Administration → SSH Access), or name its port with -p."
        ),
        Trouble.NO_ANSWER,
    ),
    _meaning(
        "timed out|No route to host|Network is unreachable|Host is down|Host is unreachable",
        N_(
            "Nobody answers at {host}. Connect the laptop to a LAN port of the router, and see "
            "that this is its address."
        ),
        Trouble.NO_ANSWER,
    ),
    _meaning(
        "Bad configuration option|[Cc]ommand-line.*: |Bad port",
        N_("ssh does not take what it was given: {said}"),
        Trouble.MISUSED,
    ),
)
"""The first whose words ssh has said."""


def not_connected(target: str, said: str) -> NotDeployed:
    """Return why ssh could not connect. ``said``: all that it has said."""
    told = lines(said)
    for meaning in _MEANINGS:
        if found := meaning.words.search(said):
            line = next((one for one in told if found[0] in one), found[0])
            return NotDeployed(_(meaning.text, host=host_of(target), said=line), meaning.trouble)
    last = told[-1] if told else _("nothing")
    return NotDeployed(
        _("ssh could not connect to {host}; it said: {said}", host=host_of(target), said=last),
        Trouble.NO_ANSWER,
    )


def connection_lost(target: str) -> ConnectionLost:
    """Return what to say where a connection has ended."""
    return ConnectionLost(
        _(
            "The connection to {host} was lost. What the router was doing then it brings to its "
            "end by itself. Run the same command again; that does no harm.",
            host=host_of(target),
        ),
        Trouble.NO_ANSWER,
    )
