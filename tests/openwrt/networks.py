"""The network's configuration of boards, as OpenWrt makes it at the first boot."""

from __future__ import annotations

DSA = """
config interface 'loopback'
	option device 'lo'
	option proto 'static'

config globals 'globals'
	option ula_prefix 'fd00:1234::/48'

config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'lan1'
	list ports 'lan2'
	list ports 'lan3'

config interface 'lan'
	option device 'br-lan'
	option proto 'static'
	option ipaddr '192.168.1.1'

config device
	option name 'wan'
	option macaddr '02:00:00:00:00:01'

config interface 'wan'
	option device 'wan'
	option proto 'dhcp'

config interface 'wan6'
	option device 'wan'
	option proto 'dhcpv6'
"""
