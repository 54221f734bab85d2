"""``ruijie-proxy campus``: what is known of campuses, to look at and to begin with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.config.notations.document import notation_of
from ruijie_proxy.config.shape.campuses import CAMPUSES, Campus, campus_of
from ruijie_proxy.config.shape.problems import nearest
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.display_width import columns, padded
from ruijie_proxy.i18n import _, written_in
from ruijie_proxy.notation import UCI, YAML
from ruijie_proxy.terminal import styled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.config.shape.campuses import Value
    from ruijie_proxy.notation import Notation

_INDENT = "    "


class NoSuchCampus(click.ClickException):
    """Nothing is known of a campus of this name; click shows the text."""

    exit_code = ExitCode.USAGE


def list_campuses() -> None:
    """Print a line for each campus."""
    name_width = max(len(campus.name) for campus in CAMPUSES)
    title_width = max(columns(campus.title) for campus in CAMPUSES)
    for campus in CAMPUSES:
        name, title = campus.name.ljust(name_width), padded(campus.title, title_width)
        click.echo(f"{styled(name, bold=True)}  {title}  {campus.years}")
    click.echo(
        _(
            "“ruijie-proxy campus show NAME” tells what one wants; “{setting}” in a session "
            "begins with it.",
            setting=notation_of(usual_path()).setting("campus", "NAME"),
        ),
        err=True,
    )


def show_campus(name: str, *, as_uci: bool) -> None:
    """Print what a campus wants, as a session has it. Raises NoSuchCampus."""
    campus = campus_of(name.lower())
    if campus is None:
        near = nearest(name, [campus.name for campus in CAMPUSES])
        raise NoSuchCampus(
            _("Nothing is known of a campus {name}. Did you mean {near}?", name=name, near=near)
            if near
            else _(
                "Nothing is known of a campus {name}; “ruijie-proxy campus list” tells of which "
                "something is.",
                name=name,
            )
        )
    notation = UCI if as_uci else YAML
    for line in _heading(campus, notation):
        click.echo(f"# {line}")
    for line in _uci(campus.settings, "") if as_uci else _yaml(campus.settings, _INDENT):
        click.echo(line)


def _heading(campus: Campus, notation: Notation) -> Iterator[str]:
    yield _("{title}, {years}", title=campus.title, years=campus.years)
    yield _(
        "Source: {source}. Certainty: {certainty}.",
        source=_(campus.source.value),
        certainty={"L": _("likely"), "W": _("a single report")}[campus.certainty.value],
    )
    for note in campus.notes:
        yield written_in(_(note), notation)
    yield _(
        "“{setting}” stands for the same, and each key of your own goes before it.",
        setting=notation.setting("campus", campus.name),
    )


def _yaml(settings: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _yaml(value, indent + "  ")
        else:
            yield f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}"


def _uci(settings: Mapping[str, Value], prefix: str) -> Iterator[str]:
    for key, value in settings.items():
        if key == "properties" and isinstance(value, Mapping):
            for number, content in value.items():
                yield _uci_line("list", key, f"{number}={content}")
        elif isinstance(value, Mapping):
            yield from _uci(value, f"{prefix}{key}_")
        elif isinstance(value, str):
            yield _uci_line("option", f"{prefix}{key}", value)
        else:
            for item in value:
                yield _uci_line("list", f"{prefix}{key}", str(item))


def _uci_line(kind: str, name: str, value: str) -> str:
    return f"\t{kind} {name} '{value}'"
