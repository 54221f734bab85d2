"""The router's login at an ePortal: what to ask it next, and when."""
