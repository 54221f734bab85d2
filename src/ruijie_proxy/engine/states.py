"""The states of a session and what moves it from one to the next.

A session waits until a client's Start locks it to that client, relays the login, and with Success
holds the session by itself: it is online. From then on two things can lead to another login without
the old session being lost first: the server challenges again (a full re-authentication, hourly at
most campuses), or a client starts again. Both end online or, with a Failure, waiting.
When the WAN link goes, the session waits for it; back within the interval it goes on as if nothing
had been, later a client has to log in.

Where the router logs in by itself, it begins in a back-off, which may be of no length, and returns
to one after whatever came to nothing. It may have to prepare first, which is to wait for an
address, and it gives up where only the user can mend what is wrong.

Only this table decides. A pair that it does not hold is a fault of the program, and
:func:`next_state` says so.
"""

from ruijie_proxy.choices import Enum


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
    BACKOFF = "backoff"
    """For the time of the router's own next try; nothing that comes in is answered."""
    PREPARING = "preparing"
    """The router's own login waits for an address."""
    GIVEN_UP = "given-up"
    """The router's own login came to nothing, and another try would, too; or the user logged off.
    """
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
    OVERSLEPT = "the machine slept for longer than the server waits for a client's heartbeat"
    STOPPED = "the user stopped the session"
    LEASE_WANTED = "the router's own login needs an address first"
    OWN_LOGIN_BEGUN = "the router began to log in by itself"
    BACKED_OFF = "the router's own login, or what it held, came to an end, and may be tried again"
    GAVE_UP = "another try of the router's own would come to nothing"
    TRY_AGAIN = "something was changed, so that another try makes sense"
    LINK_BACK_TO_TRY = "the WAN link came up, and the router logs in by itself"
    LINK_BACK_IN_VAIN = "the WAN link came up, and the router has given up"
    ADOPTED = "a session that another way of logging in had got was handed over"
    HANDED_OVER = "the session that was held was handed over"
    LOGGED_OFF = "the switch was told goodbye"


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
    (State.WAITING, Cause.ADOPTED): State.ONLINE,
    (State.ONLINE, Cause.HANDED_OVER): State.WAITING,
    (State.ONLINE, Cause.OVERSLEPT): State.WAITING,
    (State.CHALLENGED, Cause.OVERSLEPT): State.WAITING,
    (State.LOGGING_IN_AGAIN, Cause.OVERSLEPT): State.WAITING,
    (State.ONLINE, Cause.LOGGED_OFF): State.WAITING,
    (State.CHALLENGED, Cause.LOGGED_OFF): State.WAITING,
    (State.LOGGING_IN_AGAIN, Cause.LOGGED_OFF): State.WAITING,
    (State.BACKOFF, Cause.LEASE_WANTED): State.PREPARING,
    (State.BACKOFF, Cause.OWN_LOGIN_BEGUN): State.AUTHENTICATING,
    (State.BACKOFF, Cause.RESUMED): State.ONLINE,
    (State.BACKOFF, Cause.ADOPTED): State.ONLINE,
    (State.BACKOFF, Cause.TRY_AGAIN): State.BACKOFF,
    (State.BACKOFF, Cause.GAVE_UP): State.GIVEN_UP,
    (State.BACKOFF, Cause.LINK_LOST): State.LINK_DOWN,
    (State.PREPARING, Cause.OWN_LOGIN_BEGUN): State.AUTHENTICATING,
    (State.PREPARING, Cause.BACKED_OFF): State.BACKOFF,
    (State.PREPARING, Cause.GAVE_UP): State.GIVEN_UP,
    (State.PREPARING, Cause.LINK_LOST): State.LINK_DOWN,
    (State.AUTHENTICATING, Cause.LEASE_WANTED): State.PREPARING,
    (State.AUTHENTICATING, Cause.BACKED_OFF): State.BACKOFF,
    (State.AUTHENTICATING, Cause.GAVE_UP): State.GIVEN_UP,
    (State.ONLINE, Cause.BACKED_OFF): State.BACKOFF,
    (State.ONLINE, Cause.GAVE_UP): State.GIVEN_UP,
    (State.GIVEN_UP, Cause.TRY_AGAIN): State.BACKOFF,
    (State.GIVEN_UP, Cause.ADOPTED): State.ONLINE,
    (State.GIVEN_UP, Cause.GAVE_UP): State.GIVEN_UP,
    (State.GIVEN_UP, Cause.LINK_LOST): State.LINK_DOWN,
    (State.LINK_DOWN, Cause.LINK_BACK_TO_TRY): State.BACKOFF,
    (State.LINK_DOWN, Cause.LINK_BACK_IN_VAIN): State.GIVEN_UP,
    (State.LINK_DOWN, Cause.LINK_BACK): State.WAITING,
    (State.LINK_DOWN, Cause.LINK_BACK_IN_TIME): State.ONLINE,
} | {(state, Cause.STOPPED): State.STOPPED for state in State if state is not State.STOPPED}

HOLDING = (State.ONLINE, State.CHALLENGED, State.LOGGING_IN_AGAIN)
"""The states in which the switch lets the port through, as far as the router knows."""

LOGGING_IN = (State.AUTHENTICATING, State.CHALLENGED, State.LOGGING_IN_AGAIN)
"""The states in which an answer of the client is wanted."""

PUBLIC_NAMES = (
    {state: state.value for state in State}
    | dict.fromkeys(
        (State.CHALLENGED, State.LOGGING_IN_AGAIN, State.PREPARING), State.AUTHENTICATING.value
    )
    | {State.GIVEN_UP: State.STOPPED.value}
)
"""The names that ``ruijie-proxy status`` shows."""


def next_state(state: State, cause: Cause) -> State:
    """Return the state that a cause leads to. Raises KeyError for a pair that cannot be."""
    return _TRANSITIONS[state, cause]
