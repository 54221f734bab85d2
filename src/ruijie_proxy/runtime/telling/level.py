"""How much a line of the log matters."""

from ruijie_proxy.choices import IntEnum


class Level(IntEnum):
    """How much a line matters: the numbers of syslog (RFC 5424, 6.2.1)."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6
    DEBUG = 7
