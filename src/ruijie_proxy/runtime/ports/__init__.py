"""Frames and links: sockets, filters, interfaces and bridges; it may touch the basis and the
protocol.
"""
