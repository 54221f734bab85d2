"""From the bytes of a capture file to frames: it touches the protocol alone."""
