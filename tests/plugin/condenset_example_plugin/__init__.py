"""A method and a codec that are no part of condenset."""
