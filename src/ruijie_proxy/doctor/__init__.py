"""What commonly goes wrong on a router, found and explained.

Two halves that stay apart. The modules here gather: what the machine's files say, and what is heard
on its interfaces; nothing is ever sent. :mod:`~ruijie_proxy.doctor.examiners` judges: facts in,
findings out, with no look at the machine.
"""
