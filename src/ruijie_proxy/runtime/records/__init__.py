"""What is written to disk and read back: it may touch what is told."""
