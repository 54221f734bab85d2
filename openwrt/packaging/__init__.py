"""Makes the packages for OpenWrt without its SDK."""
