"""A client's login through the router: it may touch the engine's values and what keeps a
session.
"""
