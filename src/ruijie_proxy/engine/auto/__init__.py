"""The router's own login and a client's, joined in one session: it may touch both."""
