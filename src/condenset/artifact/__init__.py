"""The saved synthetic set: write, read, verify, import, export."""
