"""Columns of tables: what they are, what holds between them, rows as numbers and back."""
