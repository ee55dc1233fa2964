"""Tiny real data, a kind of example per file: `make(held_out)` makes the task, `NETWORK` reads it quickly, and
`LEARNERS`, where a file names some, are graded on another device, too."""
