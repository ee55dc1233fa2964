"""DNA as a kind of data that is no part of condenset."""
