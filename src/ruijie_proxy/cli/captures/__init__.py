"""The commands about captures: capture, inspect, redact."""
