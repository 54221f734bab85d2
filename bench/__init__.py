"""Benchmarks: the daemon beside a kernel bridge and a bare forwarder. ``python -m bench``."""
