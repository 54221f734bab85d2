"""The simulated switch, which really checks: it may touch the protocol and the lab's values."""
