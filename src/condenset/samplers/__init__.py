"""Which real examples a step is matched to, a function per file."""
