"""What Ctrl-C does to a command.

While a command is loaded, it ends the process, as it does with programs that take no notice of it:
a KeyboardInterrupt in the middle of an import comes out as another error where a class is made
(``__set_name__``), or is printed and lost where Python's own bookkeeping is at work. There is
nothing to put in order yet, either.

Nothing is imported here that is not in every interpreter: it comes before everything else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal


def die_of_ctrl_c() -> None:
    """Have Ctrl-C end the process at once, unless it is ignored: a shell's "&" has it so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def hear_ctrl_c() -> None:
    """Have Ctrl-C raise a KeyboardInterrupt from now on, unless it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
