"""The states of a session and what moves it from one to the next.

A session waits until a client's Start locks it to that client, relays the login, and with Success
holds the session by itself: it is online. From then on two things can lead to another login without
the old session being lost first: the server challenges again (a full re-authentication, hourly at
most campuses), or a client starts again. Both end online or, with a Failure, waiting.
When the WAN link goes, the session waits for it; back within the interval it goes on as if nothing
had been, later a client has to log in.

Only this table decides. A pair that it does not hold is a fault of the program, and
:func:`next_state` says so.
"""

from enum import Enum


class State(Enum):
    """Where a session stands."""

    WAITING = "waiting"
    """For a client's Start."""
    AUTHENTICATING = "authenticating"
    """A client's login is being relayed; no session is held yet."""
    ONLINE = "online"
    """The server said Success, and the router keeps the session alive."""
    CHALLENGED = "challenged"
    """Online, and the server has asked for a proof that only the client can give."""
    LOGGING_IN_AGAIN = "logging-in-again"
    """Online, and a client has started a new login."""
    LINK_DOWN = "link-down"
    """The WAN port has no carrier, or is not there."""
    STOPPED = "stopped"
    """Ended by the user; nothing moves it any more."""


class Cause(Enum):
    """What happened to the session."""

    CLIENT_STARTED = "the client started a login"
    SUCCEEDED = "the server said Success"
    SUCCEEDED_IN_PART = "the server said Success, and the campus wants another login"
    FAILED = "the server said Failure"
    TIMED_OUT = "the login came to no result in time"
    CLIENT_LEFT = "the client logged off"
    CHALLENGED = "the server challenged again"
    LINK_LOST = "the WAN link went down"
    LINK_BACK = "the WAN link came up, and no session is held"
    LINK_BACK_IN_TIME = "the WAN link came up before the session can have ended"
    RESUMED = "a session was read off the disk"
    STOPPED = "the user stopped the session"


_TRANSITIONS = {
    (State.WAITING, Cause.CLIENT_STARTED): State.AUTHENTICATING,
    (State.WAITING, Cause.RESUMED): State.ONLINE,
    (State.WAITING, Cause.LINK_LOST): State.LINK_DOWN,
    (State.AUTHENTICATING, Cause.CLIENT_STARTED): State.AUTHENTICATING,
    (State.AUTHENTICATING, Cause.SUCCEEDED): State.ONLINE,
    (State.AUTHENTICATING, Cause.SUCCEEDED_IN_PART): State.AUTHENTICATING,
    (State.AUTHENTICATING, Cause.FAILED): State.WAITING,
    (State.AUTHENTICATING, Cause.TIMED_OUT): State.WAITING,
    (State.AUTHENTICATING, Cause.CLIENT_LEFT): State.WAITING,
    (State.AUTHENTICATING, Cause.LINK_LOST): State.LINK_DOWN,
    (State.ONLINE, Cause.CLIENT_STARTED): State.LOGGING_IN_AGAIN,
    (State.ONLINE, Cause.CHALLENGED): State.CHALLENGED,
    (State.ONLINE, Cause.FAILED): State.WAITING,
    (State.ONLINE, Cause.CLIENT_LEFT): State.WAITING,
    (State.ONLINE, Cause.LINK_LOST): State.LINK_DOWN,
    (State.CHALLENGED, Cause.CHALLENGED): State.CHALLENGED,
    (State.CHALLENGED, Cause.CLIENT_STARTED): State.LOGGING_IN_AGAIN,
    (State.CHALLENGED, Cause.SUCCEEDED): State.ONLINE,
    (State.CHALLENGED, Cause.FAILED): State.WAITING,
    (State.CHALLENGED, Cause.TIMED_OUT): State.ONLINE,
    (State.CHALLENGED, Cause.CLIENT_LEFT): State.WAITING,
    (State.CHALLENGED, Cause.LINK_LOST): State.LINK_DOWN,
    (State.LOGGING_IN_AGAIN, Cause.CLIENT_STARTED): State.LOGGING_IN_AGAIN,
    (State.LOGGING_IN_AGAIN, Cause.SUCCEEDED): State.ONLINE,
    (State.LOGGING_IN_AGAIN, Cause.SUCCEEDED_IN_PART): State.AUTHENTICATING,
    (State.LOGGING_IN_AGAIN, Cause.FAILED): State.WAITING,
    (State.LOGGING_IN_AGAIN, Cause.TIMED_OUT): State.ONLINE,
    (State.LOGGING_IN_AGAIN, Cause.CLIENT_LEFT): State.WAITING,
    (State.LOGGING_IN_AGAIN, Cause.LINK_LOST): State.LINK_DOWN,
    (State.LINK_DOWN, Cause.LINK_BACK): State.WAITING,
    (State.LINK_DOWN, Cause.LINK_BACK_IN_TIME): State.ONLINE,
} | {(state, Cause.STOPPED): State.STOPPED for state in State if state is not State.STOPPED}

HOLDING = (State.ONLINE, State.CHALLENGED, State.LOGGING_IN_AGAIN)
"""The states in which the switch lets the port through, as far as the router knows."""

LOGGING_IN = (State.AUTHENTICATING, State.CHALLENGED, State.LOGGING_IN_AGAIN)
"""The states in which an answer of the client is wanted."""

PUBLIC_NAMES = {state: state.value for state in State} | dict.fromkeys(
    (State.CHALLENGED, State.LOGGING_IN_AGAIN), State.AUTHENTICATING.value
)
"""The names that ``ruijie-proxy status`` shows."""


def next_state(state: State, cause: Cause) -> State:
    """Return the state that a cause leads to. Raises KeyError for a pair that cannot be."""
    return _TRANSITIONS[state, cause]
