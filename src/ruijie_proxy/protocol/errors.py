"""The one error that parsing raises."""


class ProtocolError(ValueError):
    """Bytes are not what they were taken for: too short, or a marker or size is off.

    No parser of this package raises anything else, whatever the bytes.
    """
