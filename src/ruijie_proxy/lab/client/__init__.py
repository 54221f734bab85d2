"""The simulated genuine client: it may touch the protocol and the lab's values."""
