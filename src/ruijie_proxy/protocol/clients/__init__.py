"""What genuine clients put into their frames: it may touch the rest of the protocol."""
