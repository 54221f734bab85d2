"""What a configuration only points to: sealed passwords, password files, the client's program.

What reads them is imported when there is something to read: most configurations have none of it.
"""

from __future__ import annotations

import os
import stat

from ruijie_proxy.config.credentials import handed_over, is_handed_over
from ruijie_proxy.config.shape.look_alikes import doubt
from ruijie_proxy.config.shape.model import HOOK_EVENTS, Configuration, Mode
from ruijie_proxy.config.shape.parsers import LONGEST_HIDDEN_PASSWORD
from ruijie_proxy.config.shape.problems import Unusable
from ruijie_proxy.engine.settings import Dialect
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ruijie_proxy.config.shape.shapes import Report

_SEALED = "sealed:"


class _Password(Frozen):
    """The keys of a session around one password."""

    key: str
    file_key: str
    user_key: str
    """Of the name that it is sealed for."""


_OWN = _Password("password", "password_file", "username")
_PASSWORDS = (
    _OWN,
    _Password("operator_password", "operator_password_file", "operator_username"),
)
OTHER_PLACE = N_("name another place")
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
_LARGEST_CHARACTER = 4
"""Bytes, in GB18030."""
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def read_passwords(plain: dict[str, Any], report: Report, path: str | None) -> None:
    """Put the passwords themselves into the sessions, wherever they are.

    ``path`` is that of the configuration, to warn when others may read the passwords in it; None
    when it has none.
    """
    in_shared_file = path is not None and _others_may_read(path)
    for key, session in _sessions(plain):
        told = _OWN.file_key if _OWN.file_key in session else _OWN.key
        for password in _PASSWORDS:
            _read_password(password, key, session, plain, report, path if in_shared_file else None)
        _check_size(f"{key}.{told}", session, report)


def _read_password(
    password: _Password,
    key: str,
    session: dict[str, Any],
    plain: dict[str, Any],
    report: Report,
    shared: str | None,
) -> None:
    """Put one password into a session. ``shared``: the configuration's path, if others may read
    it.
    """
    text, file = session.get(password.key), session.pop(password.file_key, None)
    if text is not None and file is not None:
        return  # which was noted
    if file is not None:
        _take_from_file(password, f"{key}.{password.file_key}", file, session, report)
    elif text is not None and text.startswith(_SEALED):
        _unseal(password, f"{key}.{password.key}", plain, session, report)
    elif text is not None and shared is not None:
        remedy = _("chmod 600 {path}, or seal it: ruijie-proxy password seal", path=shared)
        report.warn_at_key(f"{key}.{password.key}", _("others may read it in this file"), remedy)


def check_given_passwords(plain: dict[str, Any], report: Report) -> None:
    """Check passwords that the sessions were given beside the file."""
    for key, session in _sessions(plain):
        _check_size(f"{key}.password", session, report)


def read_client_programs(plain: dict[str, Any], report: Report) -> None:
    """Put what is needed of the client's program into the sessions in place of its path."""
    for key, session in _sessions(plain):
        # With another dialect it has no use, which was noted.
        if "client_exe" in session and session.get("dialect") == Dialect.RUIJIE_V2.value:
            from ruijie_proxy.config.client_exe import read_client

            try:
                session["client_exe"] = read_client(handed_over(session["client_exe"]))
            except Unusable as unusable:
                report.at_key(f"{key}.client_exe", unusable.wrong, unusable.remedy)


def check_programs(plain: dict[str, Any], report: Report) -> None:
    """Warn of hooks whose program cannot be run, or can be changed by others."""
    for key, session in _sessions(plain):
        hooks = session.get("hooks", {})
        for event in HOOK_EVENTS:
            command = hooks.get(event)
            # What is no path was noted.
            if command and command[0] and command[0].startswith("/"):
                _check_program(f"{key}.hooks.{event}[0]", command[0], report)


def check_places(plain: dict[str, Any], report: Report) -> None:
    """Note places of the daemon's own files that can never be any, and a group that is not there.

    A place that is not there yet is made; one that this user may not write to may be another's.
    """
    for key in ("state_dir", "profile_dir", "journal_dir"):
        if key in plain and not _can_hold_files(plain[key]):
            report.at_key(key, _("is no directory, and none can be made there"), _(OTHER_PLACE))
    for key in ("control", "metrics"):
        if key in plain and not _can_hold_files(os.path.dirname(plain[key])):
            wrong = _("is in something that is no directory")
            report.at_key(key, wrong, _(OTHER_PLACE))
        elif key in plain and os.path.isdir(plain[key]):
            report.at_key(key, _("is a directory"), _(OTHER_PLACE))
    if "control_group" in plain:
        _check_group(plain["control_group"], report)


def _can_hold_files(path: str) -> bool:
    """Whether a path is that of a directory, or of one that can be made."""
    return os.path.isdir(part_that_is_there(path))


def part_that_is_there(path: str) -> str:
    """Return an absolute path, or the directory above it that is there already."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return path


def _check_group(name: str, report: Report) -> None:
    import grp

    try:
        grp.getgrnam(name)
    except KeyError:
        wrong = _("there is no such group on this machine")
        report.at_key("control_group", wrong, _("groupadd it, or name another"))


def _check_program(key: str, path: str, report: Report) -> None:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        remedy = _("see that it is there when it is to run")
        report.warn_at_key(key, _("there is no such program"), remedy)
        return
    if not stat.S_ISREG(mode) or not os.access(path, os.X_OK):
        report.warn_at_key(key, _("cannot be run"), _("name a program, and chmod +x it"))
    elif mode & _WRITABLE_BY_OTHERS:
        report.warn_at_key(key, _("others may change what is run here"), _("chmod go-w it"))


def _check_size(key: str, session: dict[str, Any], report: Report) -> None:
    """Note a password that the login would not get into its frames."""
    if session.get("mode") == Mode.PORTAL.value:
        return  # which has none
    dialect = Dialect(session.get("dialect", Dialect.RUIJIE))
    if dialect not in (Dialect.RUIJIE, Dialect.RUIJIE_V2):
        return
    password = session.get("password", "")
    if len(password) * _LARGEST_CHARACTER <= LONGEST_HIDDEN_PASSWORD:
        return  # without the codec, which takes a while to load
    size = len(password.encode("gb18030", "replace"))
    if size > LONGEST_HIDDEN_PASSWORD:
        wrong = _(
            "is longer than {most} bytes in GBK, and a private block carries no more",
            most=LONGEST_HIDDEN_PASSWORD,
        )
        plain = report.notation.setting("dialect", Dialect.PLAIN.value)
        remedy = _("take a shorter password at the campus, or set {setting}", setting=plain)
        report.at_key(key, wrong, remedy)


def _take_from_file(
    password: _Password, key: str, path: str, session: dict[str, Any], report: Report
) -> None:
    from ruijie_proxy.config.password_file import read_password

    path = handed_over(path)
    try:
        text = session[password.key] = read_password(path)
    except Unusable as unusable:
        report.at_key(key, unusable.wrong, unusable.remedy)
        return
    doubted = doubt(text)
    if doubted is not None:
        report.warn_at_key(key, doubted.wrong, doubted.remedy)
    if _others_may_read(path):
        wrong = _("others may read the password in that file")
        report.warn_at_key(key, wrong, _("chmod 600 it"))


def _unseal(
    password: _Password, key: str, plain: dict[str, Any], session: dict[str, Any], report: Report
) -> None:
    sealed = session.pop(password.key)
    key_file = handed_over(plain.get("key_file", Configuration(sessions=()).key_file))
    key_file_unclear = report.knows("key_file") and "key_file" not in plain
    if key_file_unclear or password.user_key not in session:
        return  # which was noted
    from ruijie_proxy.config.sealing import read_key, unseal

    try:
        session[password.key] = unseal(sealed, session[password.user_key], read_key(key_file))
    except Unusable as unusable:
        report.at_key(key, unusable.wrong, unusable.remedy)


def _others_may_read(path: str) -> bool:
    if is_handed_over(path):
        return False
    try:
        return bool(os.stat(path).st_mode & _READABLE_BY_OTHERS)
    except OSError:
        return False  # gone since it was read


def _sessions(plain: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, session in enumerate(plain.get("sessions", [])):
        if session is not None:
            yield f"sessions[{index}]", session
