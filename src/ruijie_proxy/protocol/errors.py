"""The one error that parsing raises."""


class ProtocolError(ValueError):
    """Bytes are not what they were taken for: too short, or a marker or size is off.

    No parser of this package raises anything else, whatever the bytes. ``message`` is one to be
    translated, with ``values`` to fill in, for who shows it to people.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values
