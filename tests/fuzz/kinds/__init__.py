"""Files of every kind of data that are damaged: a file for each, whose `SUBJECTS` are by name."""
