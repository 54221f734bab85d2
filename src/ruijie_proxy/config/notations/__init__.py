"""The ways in which a configuration is written, YAML and OpenWrt's UCI, made into the same
nodes.
"""
