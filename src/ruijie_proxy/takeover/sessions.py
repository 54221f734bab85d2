"""From the content of another program's configuration to sessions that fit this one."""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.draft import Remark, TakenOver
from ruijie_proxy.takeover.mentohust import take_over_mentohust
from ruijie_proxy.takeover.minieap import take_over_minieap
from ruijie_proxy.takeover.sections import unfit_options
from ruijie_proxy.takeover.source import MENTOHUST, MINIEAP, NotTakenOver, read_sources

_NEEDED = ("wan", "lan", "username", "password")
"""Without these, a session that was taken over is none."""
_READERS = {MINIEAP: take_over_minieap, MENTOHUST: take_over_mentohust}


def take_over(data: bytes, file: str) -> tuple[TakenOver, ...]:
    """Return the sessions in a file's content; ``file`` is its name for messages.

    Raises NotTakenOver, or ConfigurationProblems for a file of OpenWrt's that is no UCI.
    """
    return tuple(_fitted(_READERS[source.program](source)) for source in read_sources(data, file))


def _fitted(taken: TakenOver) -> TakenOver:
    """Leave out the options whose values this program does not take."""
    options = dict(taken.options)
    remarks = list(taken.remarks)
    for name, problem in unfit_options(options).items():
        if name in _NEEDED:
            wrong = _("{name}: {wrong}", name=name, wrong=problem.wrong)
            raise NotTakenOver(wrong, problem.remedy)
        del options[name]
        text = _("left out: {wrong}; {remedy}", wrong=problem.wrong, remedy=problem.remedy)
        remarks.append(Remark((name,), text))
    return TakenOver(taken.program, options, tuple(remarks))
