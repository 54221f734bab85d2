"""``ruijie-proxy learn``: a capture of one login, made into a session of this program."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from ruijie_proxy.cli.basics.configuration_file import (
    STANDARD_OUTPUT,
    is_to_be_uci,
    line_on_others,
    lines_on_merged,
    refused,
    write_configuration,
    write_out,
)
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, say_json
from ruijie_proxy.cli.basics.passwords import STANDARD_INPUT, take_password
from ruijie_proxy.cli.captures.opening import opened
from ruijie_proxy.config.notations.document import decode, notation_of, read_file
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.model import Configuration, Mode, name_of_port
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Unfit
from ruijie_proxy.config.usual_path import UCI_PATH, path_to_write
from ruijie_proxy.display_width import fold, padded
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.i18n import N_, _, reason_of, written_in
from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture, NoCapture
from ruijie_proxy.learn.candidates import Candidate, candidates, last_heard
from ruijie_proxy.learn.comparing import decoded_name, name_of
from ruijie_proxy.learn.findings import Findings, Outcome, findings_to_json
from ruijie_proxy.learn.observing import Observed, observe
from ruijie_proxy.learn.session import LearnedSession, Ports, session_of
from ruijie_proxy.learn.studying import study_capture
from ruijie_proxy.learn.telling import heading_of, rows_of, sentence_on, sentences_on_the_router
from ruijie_proxy.protocol.clients.client_profile import ClientProfile
from ruijie_proxy.protocol.clients.profile_data import profile_to_plain
from ruijie_proxy.protocol.ethernet import format_mac, parse_mac
from ruijie_proxy.runtime.records.profile_file import ProfileFile
from ruijie_proxy.secret import Secret
from ruijie_proxy.takeover.files import replace_file
from ruijie_proxy.takeover.openwrt_ports import NETWORK_PATH, openwrt_ports
from ruijie_proxy.takeover.sections import Merged, merge_into_uci
from ruijie_proxy.takeover.yaml_sessions import NotWrittenInLines, merge_into_yaml
from ruijie_proxy.terminal import styled, width_of

_WIDEST = 110
_LABEL_WIDTH = 14
_CODES = {
    Outcome.ONLINE: ExitCode.DONE,
    Outcome.REFUSED: ExitCode.REFUSED,
    Outcome.UNANSWERED: ExitCode.NO_ANSWER,
}
"""Of all other outcomes: ``ERROR``."""


@dataclass(frozen=True, slots=True)
class LearnOptions:
    """What the user has said."""

    file: str
    username: str | None
    password_file: str | None
    output: str | None
    """Where the configuration goes; None: nowhere, and empty: into that of this machine."""
    wan: str | None
    lan: str | None
    client: str | None
    """MAC address of the client to learn from."""
    as_json: bool
    on_page: bool = False
    """Whether what is told stands on LuCI's page: it has fields and buttons, and no options."""


def learn_from_capture(options: LearnOptions) -> ExitCode:
    """Tell what a capture teaches, and write the session. Raises click.UsageError."""
    _check(options)
    read = observed_in(options.file)
    if read is None:
        return ExitCode.ERROR
    observed, damage = read
    candidate = _choose(observed, options)
    account = _account(candidate, options)
    findings = study_capture(observed, candidate, account)
    ports = _ports(options)
    session = None
    if findings.outcome is Outcome.ONLINE:
        session = session_of(findings, ports, account)
    if options.as_json:
        _say_json(findings, session, damage)
    else:
        text = _Text(to_error=options.output == STANDARD_OUTPUT, on_page=options.on_page)
        text.tell(findings, damage)
    if session is None:
        return _CODES.get(findings.outcome, ExitCode.ERROR)
    if options.output is not None and findings.account_is_anothers:
        told = _("The login in the capture is not of this account and password.")
        remedy = _(
            N_("Nothing was written: type those that it was made with, or leave both fields empty.")
            if options.on_page
            else N_("Nothing was written: give those that it was made with, or leave -u out.")
        )
        say(_("{told} {remedy}", told=told, remedy=remedy), error=True)
        return ExitCode.USAGE
    return _give(
        session, options, ports.wan is None or (ports.lan is None and "lan" in session.options)
    )


def observed_in(path: str) -> tuple[Observed, DamagedCapture | None] | None:
    """Read a capture, as far as it is whole; None: it cannot be read, which the user was told."""
    try:
        with opened(path) as file:
            return observe(CaptureFile(file))
    except NoCapture as error:
        say(_("{path}: {reason}", path=path, reason=error), error=True)
    except OSError as error:
        say(_("{path}: {reason}", path=path, reason=reason_of(error)), error=True)
    return None


def _check(options: LearnOptions) -> None:
    if options.file == STANDARD_INPUT == options.password_file:
        raise click.UsageError(_("standard input cannot be both the capture and the password"))
    if options.as_json and options.output == STANDARD_OUTPUT:
        raise click.UsageError(_("standard output cannot be both JSON and the configuration"))
    names = {
        "--wan": (options.wan, parsers.interface_name),
        "--lan": (options.lan, parsers.interface_name),
        "-u": (options.username, parsers.username),
        "--client": (options.client, parsers.mac_address),
    }
    for name, (value, parse) in names.items():
        if value is not None:
            _check_value(name, value, parse)


def _check_value(name: str, value: str, parse: Callable[[str], object]) -> None:
    try:
        parse(value)
    except Unfit as unfit:
        raise click.UsageError(_("{name}: {wrong}", name=name, wrong=unfit.wrong)) from None


# Whose login it is.


def _choose(observed: Observed, options: LearnOptions) -> Candidate | None:
    """Return the client to learn from; None: there is none. Raises click.UsageError."""
    found = candidates(observed)
    if options.client is not None:
        wanted = parse_mac(options.client)
        for one in found:
            if wanted in (one.client.address, one.outward.address):
                return one
        told = _("--client: no login of {mac} succeeds in this capture", mac=options.client)
        raise click.UsageError(_with_list(told, found))
    clients = {one.client.address: one for one in found}
    if len(clients) <= 1:
        return found[-1] if found else last_heard(observed)
    told = _("logins of {count} clients succeed in this capture", count=len(clients))
    if not sys.stdin.isatty() or options.file == STANDARD_INPUT:
        remedy = _(
            N_("take one in which a single client logs in")
            if options.on_page
            else N_("name one with --client MAC")
        )
        raise click.UsageError(_with_list(f"{told}; {remedy}", found))
    several = list(clients.values())
    say(_with_list(told, several), error=True)
    number = click.prompt(
        _("Which one?"), type=click.IntRange(1, len(several)), default=len(several), err=True
    )
    return several[number - 1]


def _with_list(told: str, found: Sequence[Candidate]) -> str:
    lines = [
        _("{number}. {mac}, from #{frame} on", number=number, mac=_mac(one), frame=_first(one))
        for number, one in enumerate(found, 1)
    ]
    return "\n".join([told, *(f"  {line}" for line in lines)])


def _mac(candidate: Candidate) -> str:
    return format_mac(candidate.client.address)


def _first(candidate: Candidate) -> int:
    return candidate.logins[0].first if candidate.logins else 0


def _account(candidate: Candidate | None, options: LearnOptions) -> LoginSettings | None:
    """Return the account to compare with; the user may leave its name to the capture."""
    username = options.username
    if username is None:
        if options.password_file is None:
            return None
        name = name_of(candidate.logins[-1]) if candidate and candidate.logins else None
        if name is None:
            raise click.UsageError(
                _(
                    N_("no user name is in this capture: type yours")
                    if options.on_page
                    else N_("no user name is in this capture; add -u NAME")
                )
            )
        username = decoded_name(name, None)
        _check_value(_("the user name of the capture"), username, parsers.username)
    password = take_password(options.password_file, username)
    return LoginSettings(username, Secret(password))


def _ports(options: LearnOptions) -> Ports:
    """Return the router's ports: as the user has named them, or OpenWrt's configuration."""
    found: tuple[str | None, str | None] = None, None
    if options.wan is None and os.path.exists(NETWORK_PATH):
        try:
            found = openwrt_ports(decode(read_file(NETWORK_PATH), NETWORK_PATH), NETWORK_PATH)
        except ConfigurationProblems as problems:
            say(str(problems), error=True)
    return Ports(options.wan or found[0], options.lan or found[1])


# What is told.


class _Text:
    """The findings for people, line by line."""

    def __init__(self, *, to_error: bool, on_page: bool) -> None:
        self._to_error = to_error
        self._on_page = on_page
        width = width_of(sys.stderr if to_error else sys.stdout)
        self._width = None if width is None else min(width, _WIDEST) - 1

    def tell(self, findings: Findings, damage: DamagedCapture | None) -> None:
        """Say all there is."""
        heading = heading_of(findings)
        if heading is not None:
            self._line(styled(heading, bold=True))
            for label, value, whence in rows_of(findings):
                self._row(label, value, whence)
            self._line("")
        for remark in findings.remarks:
            self._sentence(sentence_on(remark))
        if damage is not None:
            told = _("{damage}; what came before is told.", damage=damage.for_people().capitalize())
            self._sentence(told)
        for sentence in sentences_on_the_router(findings, on_page=self._on_page):
            self._sentence(written_in(sentence, notation_of(path_to_write())))

    def _row(self, label: str, value: str, whence: str) -> None:
        told = f"{value}  [{whence}]" if whence else value
        margin = " " * (_LABEL_WIDTH + 3)
        room = None if self._width is None else self._width - len(margin)
        lines = [told] if room is None or room < _LABEL_WIDTH else fold(told, room)
        self._line(f"  {padded(label, _LABEL_WIDTH)} {lines[0]}")
        for line in lines[1:]:
            self._line(margin + line)

    def _sentence(self, text: str) -> None:
        lines = [text] if self._width is None else fold(text, self._width - 2)
        for number, line in enumerate(lines):
            self._line(f"  {line}" if number else f"- {line}")

    def _line(self, text: str) -> None:
        say(text, error=self._to_error)


def _say_json(
    findings: Findings, session: LearnedSession | None, damage: DamagedCapture | None
) -> None:
    remarks = [
        {"code": one.code.value, "frame": one.frame, "text": sentence_on(one)}
        for one in findings.remarks
    ]
    told = None
    if session is not None:
        shown = {key: value for key, value in session.options.items() if key != "password"}
        profile = None if session.profile is None else profile_to_plain(session.profile)
        told = {"options": shown, "profile": profile}
    say_json(
        {
            "shape": 1,
            **findings_to_json(findings),
            "remarks": remarks,
            "damage": None if damage is None else str(damage),
            "session": told,
        },
        indent=1,
    )


# The session.


def _give(session: LearnedSession, options: LearnOptions, are_examples: bool) -> ExitCode:
    """Show the session, or write it where the user wants it."""
    usual = path_to_write()
    path = options.output or usual
    is_file = options.output is not None and options.output != STANDARD_OUTPUT
    if is_file and path == usual and are_examples:
        told = _(
            N_("In this router's network there is no “wan” with a “lan”. Nothing was written.")
            if options.on_page
            else N_("Name this router's ports: --wan IF, and --lan IF. Nothing was written.")
        )
        say(told, error=True)
        return ExitCode.USAGE
    try:
        before = decode(read_file(path), path) if is_file and os.path.exists(path) else ""
        merged = _merged(session, before, path if is_file else usual)
        plain = parse_configuration(merged.text.encode(), path).plain
        if is_file:
            _write(session, merged, before, path, Configuration.from_plain(plain))
        elif options.output == STANDARD_OUTPUT:
            write_out(merged.text, has_password="password" in session.options)
        elif not options.as_json:
            _show(session, usual, on_page=options.on_page)
    except NotWrittenInLines:
        told = _(
            "{path} has its sessions within brackets, where no line is one's own. With -o FILE or "
            "-o - the session is written elsewhere; copy it from there.",
            path=path,
        )
        say(told, error=True)
        return ExitCode.USAGE
    except ConfigurationProblems as problems:
        say(str(problems), error=True)
        say(_("Nothing was written."), error=True)
        return ExitCode.USAGE
    except OSError as error:
        return refused(error)
    if session.profile is not None and not is_file and not options.on_page:
        told = _(
            "The client has more of its own than settings can say: the profile, which only -o FILE "
            "keeps, belongs to it."
        )
        say(told, error=True)
    if are_examples:
        told = _(
            N_("The ports in it are examples: this router's own could not be found out.")
            if options.on_page
            else N_(
                "The ports in it are examples: name the router's own with --wan and --lan, or "
                "write them into it."
            )
        )
        say(told, error=True)
    if options.on_page:
        step = _next_step_on_page(session.mode, is_written=is_file)
    else:
        step = _next_step(session.mode, path if is_file else options.output, usual)
    if step is not None:
        say(step, error=True)
    return ExitCode.DONE


def _merged(session: LearnedSession, before: str, path: str) -> Merged:
    """Return the whole new configuration.

    Raises ConfigurationProblems where what is there is none, or NotWrittenInLines.
    """
    is_new = not before.strip()
    if path == UCI_PATH if is_new else is_to_be_uci(path, before):
        name = name_of_port(str(session.options["wan"])).replace("-", "_")
        return merge_into_uci(before, path, session.options, name)
    return merge_into_yaml(before, path, session.options)


def _show(session: LearnedSession, usual: str, *, on_page: bool) -> None:
    """Show the session without its password, which is for no screen."""
    shown = {key: value for key, value in session.options.items() if key != "password"}
    say("")
    say(_merged(LearnedSession(session.mode, shown, None), "", usual).text.rstrip("\n"))
    if shown.keys() != session.options.keys():
        say(
            _(
                N_("(The password goes into the settings, and is not shown here.)")
                if on_page
                else N_("(The password goes into what -o writes, and is not shown here.)")
            )
        )


def _write(
    session: LearnedSession, merged: Merged, before: str, path: str, whole: Configuration
) -> None:
    """Write the configuration, and keep the profile. Raises OSError."""
    for line in (
        *lines_on_merged(merged, str(session.options["wan"])),
        line_on_others(merged.others),
    ):
        if line is not None:
            say(line, error=True)
    if merged.text == before:
        say(_("{path} has just this already: nothing was written.", path=path), error=True)
    else:
        write_configuration(merged.text, path)
    if session.profile is not None:
        _keep_profile(session.profile, session.options["wan"], path, whole)


def _keep_profile(
    profile: ClientProfile, wan: str | list[str], path: str, whole: Configuration
) -> None:
    """Keep a profile where “profile import” does, or else beside the configuration."""
    name = next(one.name for one in whole.sessions if one.wan == wan)
    try:
        file = ProfileFile(whole.profile_dir, name)
        file.save(profile)
    except OSError as error:
        beside = f"{path}.profile.json"
        replace_file(beside, json.dumps(profile_to_plain(profile), indent=1).encode() + b"\n")
        told = _(
            "The client's profile is in {beside}, since {path} cannot be written ({reason}). On "
            "the router, copy it to {path}.",
            beside=beside,
            path=file.path,
            reason=reason_of(error),
        )
        say(told, error=True)
    else:
        told = _("The client's profile is kept in {path}.", path=file.path)
        say(told, error=True)


def _next_step_on_page(mode: Mode, *, is_written: bool) -> str | None:
    """Return the same for a page, which has the service read what was written; None: nothing."""
    if not is_written:
        return _("Next: “Use these settings”, below.")
    if mode is not Mode.RELAY:
        return None
    return _("Next: put the PC behind the router, and log in there once with its client.")


def _next_step(mode: Mode, target: str | None, usual: str) -> str:
    """Return what is to be done next, in a sentence."""
    if target is None:
        return _("Next: write it, by the same command with -o, into {path}.", path=usual)
    if target != usual:
        return _(
            "Next: bring it to the router as {path}, look with “ruijie-proxy check” whether it "
            "fits there, and start the service.",
            path=usual,
        )
    if mode is Mode.RELAY:
        return _(
            "Next: restart the service, put the PC behind the router, and log in there once with "
            "its client."
        )
    return _("Next: restart the service, and see with “ruijie-proxy status” that it is online.")
