"""What a server's words mean (docs/protocol.md, "What servers say")."""
