"""Reading captures of the dialect: what was said, by whom, and whether it was right.

:mod:`.capture` reads pcap and pcapng files, :mod:`.own_frames` puts their EAPOL frames in order,
:mod:`.story` makes a step of each frame, :mod:`.text_report` and :mod:`.json_report` show them, and
:mod:`.redaction` makes a copy that can be published. :mod:`.layers` is for scapy's users.

Only :mod:`.layers` needs scapy (2.6 or later).
"""
