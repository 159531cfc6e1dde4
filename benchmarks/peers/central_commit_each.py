"""`padkit-central` with one commit for each envelope and no group: what grouping is worth, everything else being the same."""

from __future__ import annotations

from padkit_central.cli import main
from padkit_central.store import writer

if __name__ == "__main__":
    writer.MAX_GROUP = 1
    main()
