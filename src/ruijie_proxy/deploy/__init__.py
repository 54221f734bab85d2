"""Putting the program onto a router from a laptop, by ssh: what to ask, to choose and to do.

Nothing of it is on a router. :mod:`.ssh` alone starts processes; the scripts beside it are what
runs on the router, in its shell.
"""
