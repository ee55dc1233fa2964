"""The performance suite: what is claimed about speed and memory, a measurement per file, as ratios."""
