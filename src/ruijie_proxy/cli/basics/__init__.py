"""What several commands need: exit codes, output, asking the daemon, passwords."""
