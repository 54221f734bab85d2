"""What the engine keeps of each session online; one daemon may have hundreds of them."""

from __future__ import annotations

import gc
import tracemalloc

from tests.engine import own_session

SESSIONS = 20
MOST_BYTES = 5500
"""Of each, by what is asked of Python's allocator (CPython 3.11: 4950), the bench around it
included. It was 7600 with who had logged in kept, and 10 700 without slots."""


def test_a_session_online_takes_few_kilobytes() -> None:
    own_session.online()  # what is made once for all, is
    gc.collect()
    tracemalloc.start()
    try:
        campuses = [own_session.online() for _ in range(SESSIONS)]
        for campus in campuses:
            # What the bench has noted is nothing of the session's.
            campus.to_server.clear()
            campus.events.clear()
            campus.kept = None
        gc.collect()
        each = tracemalloc.get_traced_memory()[0] / SESSIONS
    finally:
        tracemalloc.stop()

    assert each < MOST_BYTES
