"""How a client's private data travels (docs/protocol.md, "The bare shape")."""

from __future__ import annotations

from ruijie_proxy.choices import Enum


class ClientShape(Enum):
    """The values stand in profiles, in what is remembered, and in the configuration."""

    BLOCK = "block"
    """As a private block behind the stated lengths of every frame."""
    BARE = "bare"
    """As bare properties inside the lengths of the MD5 response alone."""
    INSIDE = "inside"
    """As a private block inside the lengths of the MD5 response alone."""
