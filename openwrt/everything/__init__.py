"""Everything that is published, for everybody, in one go: ``make release``.

Which files there are and what each is made of is a plan, a value (:mod:`.plan`). A ledger
(:mod:`.ledger`) remembers what was built of what, so that a run which was broken off goes on where
it was. The runner (:mod:`.runner`) carries the plan out, several steps at a time, and
:mod:`.progress` tells of it. :mod:`.tables` says, in a file, which file is for whom.
"""
