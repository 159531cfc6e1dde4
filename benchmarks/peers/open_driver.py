"""``python -m benchmarks.peers.open_driver TTY``: a plain script as a supervisor would start it anew: import, open, ask, end."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from benchmarks.direct import direct_box

LIMIT_S = 5.0


async def main(tty: Path) -> None:
    """Open the box, ask who it is and how it is."""
    async with direct_box(tty) as driver:
        await driver.identify(timeout_s=LIMIT_S)
        await driver.status(timeout_s=LIMIT_S)
        print("usable", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
