"""What frames say: bytes to values and back, and nothing of ours but values; no input or output."""
