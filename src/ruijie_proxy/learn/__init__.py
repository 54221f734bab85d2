"""From a capture of one login on a PC to a session of this program.

:mod:`.observing` keeps of a capture what a login shows, :mod:`.studying` makes findings of it, and
:mod:`.session` the options of a session that fits them. :mod:`.findings` is what they come to.
"""
