"""The virtual campus: a switch that really checks, a genuine client's double, and their network.

:mod:`.switch` and :mod:`.client` do no input or output: frames and the time go in, frames and
events come out. :mod:`.endpoint` puts either on an interface, :mod:`.network` lays the cables,
:mod:`.campus` joins all of it with the real daemon, and :mod:`.demo` shows it to people.
"""
