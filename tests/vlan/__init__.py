"""A LAN that is one VLAN of a bridge, and VLANs at the WAN port: make test-vlan.

Not every kernel has VLANs. Debian's has, so the tests run on that one, in a machine that is
emulated (:mod:`.machine`) and sees this one's files; on a kernel that has VLANs itself, pytest runs
them where it stands.
"""
