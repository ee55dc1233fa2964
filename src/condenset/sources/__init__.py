"""Where the networks of each step come from, a source per file."""
