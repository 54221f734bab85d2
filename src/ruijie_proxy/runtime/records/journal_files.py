"""What the journal's two files are called: the one that is written, and the one before it."""

NAME = "journal.jsonl"
OLDER_NAME = "journal.1.jsonl"
