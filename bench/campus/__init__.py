"""A campus after a power cut, in simulated time: ten thousand routers, and one RADIUS server."""
