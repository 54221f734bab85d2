"""Whether the way out works: it may touch ports, the address's renewal and what is told."""
