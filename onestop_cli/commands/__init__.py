"""One module per command: options in, one call, exit code out. Heavy imports stay inside the bodies."""
