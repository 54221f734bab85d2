"""The commands that look on and steer: status, events, history, logout and the like."""
