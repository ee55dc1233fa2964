"""Pictures as data: files and arrays of them, decoded, normalised, augmented, opened as tasks."""
