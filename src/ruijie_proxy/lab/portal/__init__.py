"""A campus that lets people in by a web page: its gateway and its portal, strict in everything."""
