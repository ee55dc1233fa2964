"""`python -m condenset`: the command line."""

from __future__ import annotations

import sys

from condenset.run.cli import main

if __name__ == "__main__":
    sys.exit(main())
