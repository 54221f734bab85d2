"""``signal`` and ``socket``, as far as CPython has them in C: all that the daemon needs of them.

The modules of these names in Python make a member of an enum of each of some hundred constants, and
bring :mod:`enum`, :mod:`functools`, :mod:`collections` and :mod:`selectors` along. That was a
quarter of the daemon's start, and 1 MB resident (CPython 3.11 on x86-64; ``make bench`` has both).

Sockets of this kind have no ``accept()``, but ``_accept()``, which returns a descriptor; they are
closed by ``close()`` alone.
"""

from __future__ import annotations

import _socket as socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal

__all__ = ["signal", "socket"]
