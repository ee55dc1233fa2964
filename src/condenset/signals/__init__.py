"""What data says under a network, as sums over examples per group, a signal per file."""
