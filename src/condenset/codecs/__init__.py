"""What is stored and how it becomes a batch, a codec per file."""
