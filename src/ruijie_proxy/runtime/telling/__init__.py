"""What people read: the stream of events, its lines, the log, advice and figures; it may touch
the basis.
"""
