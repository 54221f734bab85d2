"""Commands that run without click: those that a router's pages and scripts call again and again.

Loading click takes a router of 580 MHz two seconds. What is written as simply as the table below
says is carried out without it; anything else is left to click, with its help and its messages.

Garbage is not looked for in these commands, which end soon; the daemon has it looked for once it
serves (cli/run.py).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from ruijie_proxy.cli.basics.exit_codes import ExitCode

    Options = dict[str, Any]
    Run = Callable[[Options], ExitCode]

CONFIG, SESSION, VERBOSE = "config", "session", "verbose"
AS_JSON, COUNT, CHART = "as_json", "count", "chart"
_OPTIONS = {
    "-c": CONFIG,
    "--config": CONFIG,
    "-v": VERBOSE,
    "--verbose": VERBOSE,
    "--json": AS_JSON,
    "--chart": CHART,
    "-n": COUNT,
    "--lines": COUNT,
}
"""How each can be written; what is none of them is a session's name."""
_FLAGS = (VERBOSE, AS_JSON, CHART)
"""Those without a value."""
_MOST_DIGITS = 9
"""Of a number; what is longer is none that anybody means."""


def parse(known: Sequence[str], arguments: Sequence[str]) -> Options | None:
    """Read what stands behind a command; None if that is not simple.

    ``known``: what can stand there, options of the table above and a session's name.
    """
    options: Options = {}
    rest = list(arguments)
    if rest[-2:-1] == ["--"] and SESSION in known:
        # A session's name, even where it looks like an option.
        options[SESSION] = rest[-1]
        del rest[-2:]
    while rest:
        word = rest.pop(0)
        name = _OPTIONS.get(word, SESSION)
        is_option = word.startswith("-")
        if name not in known or is_option is (name == SESSION):
            return None
        if name in _FLAGS:
            options[name] = True
            continue
        value = word if name == SESSION else rest.pop(0) if rest else "-"
        if value.startswith("-") or (name == SESSION and name in options):
            return None
        if name == COUNT and not _is_number(value):
            return None
        options[name] = int(value) if name == COUNT else value
    return options


def run_plainly(arguments: Sequence[str]) -> int | None:
    """Carry out a command line that is simple, and return its exit code; None if it is not."""
    if list(arguments) == ["--version"]:
        return _show_version()
    if not arguments or arguments[0] not in COMMANDS:
        return None
    run, known = COMMANDS[arguments[0]]
    options = parse(known, arguments[1:])
    return None if options is None else run(options)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _show_version() -> ExitCode:
    from ruijie_proxy.cli.basics.exit_codes import ExitCode
    from ruijie_proxy.cli.basics.output import say
    from ruijie_proxy.cli.version import version_line

    say(version_line())
    return ExitCode.DONE


def _run(options: Options) -> ExitCode:
    from ruijie_proxy.cli.run import RunOptions, run_daemon

    return run_daemon(RunOptions(**options))


def _check(options: Options) -> ExitCode:
    from ruijie_proxy.cli.check import check_configuration
    from ruijie_proxy.config.usual_path import usual_path

    return check_configuration(options.get(CONFIG) or usual_path())


def _status(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.status import show_status

    return show_status(options.get(SESSION), options.get(CONFIG), AS_JSON in options)


def _history(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.history import show_history, show_week

    session, config, count = options.get(SESSION), options.get(CONFIG), options.get(COUNT)
    if CHART in options:
        return show_week(session, config, count, as_json=AS_JSON in options)
    return show_history(session, config, None, count, as_json=AS_JSON in options)


def _log_out(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.steering import log_out

    return log_out(options.get(SESSION), options.get(CONFIG))


def _log_in_anew(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.steering import log_in_anew

    return log_in_anew(options.get(SESSION), options.get(CONFIG))


def _renew(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.steering import renew

    return renew(options.get(SESSION), options.get(CONFIG))


def _reload(options: Options) -> ExitCode:
    from ruijie_proxy.cli.watching.steering import reload

    return reload(options.get(CONFIG))


COMMANDS: dict[str, tuple[Run, Sequence[str]]] = {
    "run": (_run, (CONFIG, VERBOSE)),
    "check": (_check, (CONFIG,)),
    "status": (_status, (CONFIG, SESSION, AS_JSON)),
    "history": (_history, (CONFIG, SESSION, AS_JSON, COUNT, CHART)),
    "logout": (_log_out, (CONFIG, SESSION)),
    "relogin": (_log_in_anew, (CONFIG, SESSION)),
    "renew": (_renew, (CONFIG, SESSION)),
    "reload": (_reload, (CONFIG,)),
}
"""What carries a command out, and what can stand behind it. Not values of a class: making the rows
of one would take longer on a small router than all the rest of this."""
