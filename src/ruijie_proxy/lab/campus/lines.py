"""Lines out of a pipe, without waiting for them."""

from __future__ import annotations

import os

READ_SIZE = 65536


class LineReader:
    """Cuts what a descriptor delivers into lines; a last one without an end counts at the end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = b""
        self.at_end = False
        """Whether the other side has closed."""
        os.set_blocking(descriptor, False)

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._descriptor

    def read(self) -> list[str]:
        """Return the lines that are there by now."""
        while not self.at_end:
            try:
                data = os.read(self._descriptor, READ_SIZE)
            except BlockingIOError:
                break
            self._buffer += data
            self.at_end = not data
        *lines, self._buffer = self._buffer.split(b"\n")
        if self.at_end and self._buffer:
            lines.append(self._buffer)
            self._buffer = b""
        return [line.decode("utf-8", "replace") for line in lines]
