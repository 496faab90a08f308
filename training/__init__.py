"""What fits and trains the models; the package imports nothing of it."""
