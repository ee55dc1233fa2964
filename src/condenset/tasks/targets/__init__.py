"""What is predicted, a kind of target per file."""
