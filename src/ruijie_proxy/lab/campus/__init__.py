"""Switch, client and the real daemon joined by cables: processes, namespaces, the demonstration."""
