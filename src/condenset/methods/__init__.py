"""One paper per file: its citation, its recipe, its reported numbers."""
