"""``python -m planlib``."""

from __future__ import annotations

import sys

from planlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
