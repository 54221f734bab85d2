"""What a command's exit code says; a promise to scripts."""

from ruijie_proxy.choices import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    ERROR = 1
    """An error of the program, or something else in its way."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    REFUSED = 3
    """The server refused the login."""
    NO_ANSWER = 4
    """Nobody answered in time."""
    INTERFACE = 5
    """The interface or the permission is missing."""
    NO_DAEMON = 6
    """No daemon is running."""
    INTERRUPTED = 130
    """By Ctrl-C, which shells tell by the same number where it is the signal that ends a command.
    """
