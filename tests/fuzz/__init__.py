"""Damages everything that is read, and looks how each command bears it: `make fuzz`."""
