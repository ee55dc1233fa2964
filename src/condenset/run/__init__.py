"""Configuration, run folder and command line."""
