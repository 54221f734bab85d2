"""The self-contained package on a real MIPS kernel, in an emulated router: make test-mips.

It takes minutes, so it is no part of ``make test``. :mod:`.machine` makes the machine and starts
it;
``guest/`` is what runs in it.
"""
