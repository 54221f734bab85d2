"""The machine's heart: the daemon, its sessions and the one-shot login; it may touch every
other room here.
"""
