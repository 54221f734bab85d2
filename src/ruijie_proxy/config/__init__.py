"""The configuration: a typed model, its defaults, and a reader that finds every error at once.

The daemon keeps only :mod:`~ruijie_proxy.config.shape.model` loaded. The reader brings PyYAML, so
it runs in a command that ends, or in a child of the daemon that hands the result over as plain
values.
"""
