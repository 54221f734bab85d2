"""The router's own login: it may touch the engine's values and what keeps a session."""
