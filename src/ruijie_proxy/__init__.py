"""Keeps a campus port that speaks Ruijie's 802.1X online from a router."""

__version__ = "0.1.0"
