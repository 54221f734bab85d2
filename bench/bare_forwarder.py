"""The least that passes 802.1X frames on in Python. Usage: bare_forwarder.py WAN LAN"""

import select
import socket
import sys

EAPOL = 0x888E
LONGEST_FRAME = 2048

wan, lan = (socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in range(2))
wan.bind((sys.argv[1], EAPOL))
lan.bind((sys.argv[2], EAPOL))
ways = {wan.fileno(): (wan, lan), lan.fileno(): (lan, wan)}
poll = select.poll()
for descriptor in ways:
    poll.register(descriptor, select.POLLIN)
own_addresses = {port: port.getsockname()[4] for port in (wan, lan)}
print("ready", flush=True)
while True:
    for descriptor, _ in poll.poll():
        come, go = ways[descriptor]
        frame = come.recv(LONGEST_FRAME)
        go.send(frame[:6] + own_addresses[go] + frame[12:])
