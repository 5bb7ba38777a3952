"""`python -m graphsess` is `graphsess`."""

from __future__ import annotations

from graphsess.cli import main

if __name__ == "__main__":
    main()
