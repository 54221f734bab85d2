"""Making a capture publishable: it may touch all that reads frames."""
