"""The socket that commands talk to, both ends of it: it may touch what is told."""
