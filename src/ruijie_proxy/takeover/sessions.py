"""From the content of another program's configuration to sessions that fit this one."""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.draft import Remark, TakenOver
from ruijie_proxy.takeover.jmusupplicant import take_over_jmusupplicant
from ruijie_proxy.takeover.mentohust import take_over_mentohust
from ruijie_proxy.takeover.mentohust_modern import take_over_mentohust_modern
from ruijie_proxy.takeover.minieap import take_over_minieap
from ruijie_proxy.takeover.reading import read_sources
from ruijie_proxy.takeover.sections import unfit_options
from ruijie_proxy.takeover.source import JMU, MENTOHUST, MENTOHUST_MODERN, MINIEAP, NotTakenOver

_NEEDED = ("wan", "lan", "username", "password")
"""Without these, a session that was taken over is none."""
_READERS = {
    MINIEAP: take_over_minieap,
    MENTOHUST: take_over_mentohust,
    JMU: take_over_jmusupplicant,
    MENTOHUST_MODERN: take_over_mentohust_modern,
}


def take_over(data: bytes, file: str) -> tuple[TakenOver, ...]:
    """Return the sessions in a file's content; ``file`` is its name for messages.

    Raises NotTakenOver, or ConfigurationProblems for a file of OpenWrt's that is no UCI.
    """
    taken = tuple(_fitted(_READERS[source.program](source)) for source in read_sources(data, file))
    ports = [one.options["wan"] for one in taken]
    twice = next((port for port in ports if ports.count(port) > 1), None)
    if twice is not None:
        raise NotTakenOver(
            _("has two logins for the port {wan}", wan=twice),
            _("leave the one in it that is used, and import it again"),
        )
    return taken


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
