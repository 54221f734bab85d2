"""Other processes, and what this one may do: it may touch ports and what is told."""
