"""Room for the descriptors of many sessions."""

from __future__ import annotations

USUAL_LIMIT = 1024
"""What a process may have open unless it asks for more (the soft limit; getrlimit(2))."""
OF_EACH_SESSION = 6
"""The WAN port's socket and lock, a LAN's sockets, a renewal's."""
OF_THE_DAEMON = 64
"""The loop's own, the control socket with its callers, files that are open for a moment."""


def make_room(sessions: int) -> None:
    """Raise the soft limit of open files as far as so many sessions need it and the hard one lets.

    What it does not let is told when a socket cannot be opened. With few sessions it does nothing.
    """
    wanted = OF_THE_DAEMON + sessions * OF_EACH_SESSION
    if wanted <= USUAL_LIMIT:
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
