"""The WAN port's address: having it renewed, and hearing that it was; it may touch ports and
processes.
"""
