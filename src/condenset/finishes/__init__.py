"""What happens to a set after its last step, a function per file."""
