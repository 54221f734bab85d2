"""Web portals on the WAN port: it may touch the ports and what is told; it waits, in children."""
