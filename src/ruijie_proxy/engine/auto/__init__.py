"""All ways to be let in, joined in one session: it may touch each of them."""
