"""What supervises a synthetic set, a kind per file."""
