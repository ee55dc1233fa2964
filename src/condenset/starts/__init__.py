"""Where a synthetic set begins, a function per file."""
