"""The entry point: `phonoscope`, or `python -m app`."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Run the command line, which opens the window if no command is named."""
    multiprocessing.freeze_support()  # first of all, or a bundle's workers would each open a window
    from app.cli.main import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
