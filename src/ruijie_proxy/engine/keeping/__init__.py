"""What every kind of session is, and staying online: it may touch the engine's values alone."""
