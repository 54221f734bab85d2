"""Whatever a user may read is a message of the catalogue: no sentence stands in the code bare.

A text of two words or more counts as a sentence, and so does any word that is given to what speaks
to the user. It has to be marked by ``_`` or ``N_``, or stand in the table below, with the reason
why nobody reads it. Docstrings are no texts, and an AssertionError is for developers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "ruijie_proxy"

METRICS = "Prometheus's own texts, which its users know in English"
PYYAML = "what PyYAML says"
FOR_DEVELOPERS = "a mistake of the program"
COMMAND = "a command"
SSH = "what ssh says"
NOT_SHOWN = "told in events that no timeline draws"
FRAME = "the protocol's own name of a frame"
SCAPY = "a name in Wireshark's and scapy's manner"
IN_JSON = "stands in the JSON; the text report translates it"
SHOWN_AS_HEX = "never seen: what is raised so is shown as hex instead"

FOLDERS: dict[str, dict[str, str]] = {
    "config": {
        "found another document": PYYAML,
        "mapping values are not allowed": PYYAML,
        "end of stream": PYYAML,
        "<stream end>": PYYAML,
        "cannot start any token": PYYAML,
        "expected <block end>": PYYAML,
        "expected '<document start>'": PYYAML,
        "found character": PYYAML,
        "found unknown escape character": PYYAML,
        "tag handle": PYYAML,
    },
    "runtime": {
        "dhcpcd for all": "a key",
        " is not the MAC address of a single station": FOR_DEVELOPERS,
        "\r\nUser-Agent: ruijie-proxy\r\nAccept: */*\r\nConnection: close\r\n\r\n": "HTTP",
        "JSON has no ": FOR_DEVELOPERS,
        " cannot be written as JSON": FOR_DEVELOPERS,
        "The version of the running daemon; always 1.": METRICS,
        "Whether the switch lets the port through, as far as is known.": METRICS,
        "1 for the state that a session is in, 0 for the others.": METRICS,
        "Heartbeats that the router has sent.": METRICS,
        "Seconds online.": METRICS,
        "Logins that succeeded.": METRICS,
        "Logins that did not, by the kind of refusal.": METRICS,
        "How often the server ended the session.": METRICS,
        "Renewals of the WAN address, by their result.": METRICS,
        "no client came": "the name of an outcome",
        "no server answered": "the name of an outcome",
        "no result in time": "the name of an outcome",
        "too many tries lately": "the name of an outcome",
    },
    "cli": {'password: "': "a key", "option password '": "the same in UCI"},
    "deploy": {
        "exec cat >/dev/null": COMMAND,
        " 2>&1; code=$?; echo; echo ": COMMAND,
        "REMOTE HOST IDENTIFICATION HAS CHANGED": SSH,
        "Host key verification failed": SSH,
        "Permission denied|Too many authentication failures": SSH,
        "no matching host key type|no matching key exchange method|Unable to negotiate": SSH,
        "Could not resolve hostname|Name or service not known|nodename nor servname": SSH,
        "Connection refused": SSH,
        "timed out|No route to host|Network is unreachable|Host is down|Host is unreachable": SSH,
        "Bad configuration option|[Cc]ommand-line.*: |Bad port": SSH,
    },
    "doctor": {
        "ip link set ": COMMAND,
        " type bridge group_fwd_mask ": COMMAND,
        "bridge link set dev ": COMMAND,
        " learning on": COMMAND,
        "ruijie-proxy check -c ": COMMAND,
        " promisc on": COMMAND,
        "ruijie-proxy run": COMMAND,
        "ruijie-proxy run -c ": COMMAND,
        "service ruijie-proxy start": COMMAND,
        " up": COMMAND,
        " mtu 1500": COMMAND,
        "kill ": COMMAND,
        "nmcli device set ": COMMAND,
        " managed no": COMMAND,
    },
    "learn": {},
    "takeover": {"RG-SU For Linux V1.0": "minieap's default"},
    "inspect": {
        "right in Cernet's way": IN_JSON,
        "behind the properties": IN_JSON,
        "behind the challenge": IN_JSON,
        "before the pieces": IN_JSON,
        "data of the method": IN_JSON,
        "PAE group": IN_JSON,
        "Ruijie group": IN_JSON,
        "not known": IN_JSON,
        "not shown": IN_JSON,
        "Cernet echo": SCAPY,
        "Cernet echo answer": SCAPY,
        "Ruijie heartbeat": SCAPY,
        "Ruijie heartbeat ": SCAPY,
        "Ruijie user name": SCAPY,
        "Ruijie property": SCAPY,
        "Ruijie private block": SCAPY,
        "Ruijie block ": SCAPY,
        "Ruijie piece": SCAPY,
        "Ruijie typed piece": SCAPY,
        "Ruijie message": SCAPY,
        "Ruijie accounting message": SCAPY,
        "Ruijie grant": SCAPY,
        "EAP result": SCAPY,
        "a check is written in hex digits": SHOWN_AS_HEX,
        "the number has another size": SHOWN_AS_HEX,
        "a MAC address has 6 bytes": SHOWN_AS_HEX,
        "an IPv6 address has 16 bytes": SHOWN_AS_HEX,
        "an IPv4 address has 4 bytes": SHOWN_AS_HEX,
        "program and version have another size": SHOWN_AS_HEX,
        "the addresses have another size": SHOWN_AS_HEX,
        "str | int | float | bool | list[Json] | dict[str, Json] | None": "a type",
    },
    "lab": {
        "application/x-www-form-urlencoded; charset=UTF-8": "HTTP",
        "; Path=/eportal; HttpOnly": "HTTP",
        '<meta http-equiv="refresh" content="0; url=': "HTML",
        "<div onclick=\"selectService('": "HTML",
        "Request of another method": FRAME,
        "Echo answer": FRAME,
        "nobody is online; the switch says ": FOR_DEVELOPERS,
        "EAPOL type ": NOT_SHOWN,
        "EAP code ": NOT_SHOWN,
        "a request, while idle": NOT_SHOWN,
        "a request, while online": NOT_SHOWN,
        "a request without a type": NOT_SHOWN,
        "a frame to a group that is not mine": NOT_SHOWN,
        "a frame of ": NOT_SHOWN,
        ", not my server": NOT_SHOWN,
        "a Start to the ": NOT_SHOWN,
        " group is not answered here": NOT_SHOWN,
        "a Start to a switch that answers nothing": NOT_SHOWN,
        "a Start in the quiet period": NOT_SHOWN,
        "a heartbeat that came twice": NOT_SHOWN,
        "an echo's answer that came twice": NOT_SHOWN,
        "a Response to no request that is out": NOT_SHOWN,
        "the answer to a ": NOT_SHOWN,
        " that told a reason": NOT_SHOWN,
    },
}
"""Folders of the package, with the texts in them that need no translation, and why not."""

SPEAKERS: dict[str, int] = {
    "_below": 0,
    "_complain": 0,
    "_keep_configuration": 0,
    "_miss": 1,
    "_note": 1,
    "_refuse": 2,
    "_refuse_file": 1,
    "_remark": 1,
    "_row": 0,
    "_say": 1,
    "_tell": 1,
    "_warn": 0,
    "remark": 1,
    "at": 2,
    "at_key": 1,
    "complain": 0,
    "echo": 0,
    "getpass": 0,
    "say": 0,
    "secho": 0,
    "tell_status": 0,
    "title": 0,
    "verdict": 0,
    "warn_at_key": 1,
    "Complaint": 0,
    "ControlError": 1,
    "Difference": 0,
    "Fact": 2,
    "Failure": 1,
    "Finding": 2,
    "Impossible": 0,
    "LabError": 0,
    "LabUnavailable": 0,
    "List": 1,
    "NoCapture": 0,
    "NotAnswered": 0,
    "NotDeployed": 0,
    "NotTakenOver": 0,
    "Noted": 1,
    "PermissionMissing": 0,
    "ProfileCommandFailed": 0,
    "ProfileCommandMisused": 0,
    "ProfileUnusable": 1,
    "ServiceDown": 0,
    "Scalar": 0,
    "StateFileError": 0,
    "Unfit": 0,
    "Unusable": 0,
    "UsageError": 0,
}
"""What speaks to the user, and from which of its arguments on they are texts for people."""
SAID_AS_IT_IS = {"CAP_NET_ADMIN", "CAP_NET_RAW", "off"}

SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}")
WORD = re.compile(r"[A-Za-z]{2,}")


class Text(NamedTuple):
    """A text in the code."""

    line: int
    value: str
    node: ast.AST


def bare_texts(tree: ast.AST) -> Iterator[Text]:
    """Return the texts that are neither marked nor docstrings, nor said in an AssertionError."""
    aside = {id(part) for node in ast.walk(tree) for part in _texts_aside(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield Text(node.lineno, node.value, node)


def _texts_aside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Call) and _name(node.func) in ("_", "N_", "AssertionError"):
        yield from ast.walk(node.args[0])


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def spoken_words(tree: ast.AST) -> Iterator[Text]:
    """Return the bare texts that are given to what speaks to the user."""
    bare = {id(text.node): text for text in bare_texts(tree)}
    for node in ast.walk(tree):
        first = SPEAKERS.get(_name(node.func) or "") if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and first is not None:
            for argument in node.args[first:]:
                for part in _parts_said(argument):
                    if id(part) in bare:
                        yield bare[id(part)]


def _parts_said(argument: ast.expr) -> Iterator[ast.AST]:
    """Return what is said as it stands: not what is given on to something else."""
    if isinstance(argument, ast.Constant):
        yield argument
    elif isinstance(argument, ast.JoinedStr):
        yield from argument.values
    elif isinstance(argument, ast.IfExp):
        yield from _parts_said(argument.body)
        yield from _parts_said(argument.orelse)
    elif isinstance(argument, ast.BinOp):
        yield from _parts_said(argument.left)
        yield from _parts_said(argument.right)


def files(folder: str) -> dict[str, ast.Module]:
    return {
        str(file.relative_to(PACKAGE)): ast.parse(file.read_text())
        for file in sorted((PACKAGE / folder).rglob("*.py"))
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_sentence_is_a_message(folder: str) -> None:
    bare = [
        (f"{name}:{text.line}", text.value)
        for name, tree in files(folder).items()
        for text in bare_texts(tree)
        if SENTENCE.search(text.value) and text.value not in FOLDERS[folder]
    ]

    assert bare == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_word_said_to_the_user_is_a_message(folder: str) -> None:
    bare = [
        (f"{name}:{text.line}", text.value)
        for name, tree in files(folder).items()
        for text in spoken_words(tree)
        if WORD.search(text.value)
        and text.value not in FOLDERS[folder]
        and text.value not in SAID_AS_IT_IS
    ]

    assert bare == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_excepted_that_is_not_there(folder: str) -> None:
    there = {text.value for tree in files(folder).values() for text in bare_texts(tree)}

    assert FOLDERS[folder].keys() - there == set()


def test_no_function_that_translates_calls_something_else_by_that_name() -> None:
    """``_, found = …`` makes a local variable of ``_``, in all of the function."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in files(".").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and _translates(node) and _has_a_variable(node)
    ]

    assert wrong == []


def _translates(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        for node in ast.walk(function)
    )


def _has_a_variable(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if any(argument.arg == "_" for argument in arguments):
        return True
    # What a comprehension names is its own.
    own = {
        id(name)
        for node in ast.walk(function)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
    }
    return any(
        isinstance(node, ast.Name)
        and node.id == "_"
        and isinstance(node.ctx, ast.Store)
        and id(node) not in own
        for node in ast.walk(function)
    )


CODE = '''
"""A module."""

FIRST = "two words"
SECOND = N_("two words more")
NAME = "name"


def speak(report: Report, name: str) -> None:
    """Say it."""
    report.at_key(f"{name}.wan", "wrong", _("it is {name}", name=name))
    report.at_key("wan", f"{name} is wrong", "" if name else "right")
    raise AssertionError("it cannot be")
'''


def test_bare_texts_are_found() -> None:
    tree = ast.parse(CODE)

    assert [text.value for text in bare_texts(tree) if SENTENCE.search(text.value)] == [
        "two words",
        " is wrong",
    ]
    assert [text.value for text in spoken_words(tree) if text.value] == [
        "wrong",
        " is wrong",
        "right",
    ]


def test_a_variable_that_hides_the_translator_is_found() -> None:
    tree = ast.parse("def f():\n    _, b = g()\n    return _('text')\n")

    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert _translates(function)
    assert _has_a_variable(function)
