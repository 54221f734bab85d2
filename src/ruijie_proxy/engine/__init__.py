"""What happens next: the values that all of the engine shares, and no input or output."""
