"""The digests that a client's proofs are made with: it may touch nothing of the program."""
