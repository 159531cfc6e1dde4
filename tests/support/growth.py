"""Whether memory grows with what was heard: all blocks are counted from a third on, bytes are traced in the last part.

To trace everything would take three times as long. What is kept of each frame, however small, is a block more; what grows in one
piece is seen by its bytes. A short run is not traced.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc

from padkit_sim.devices.finger.touch import picture

TRACED = 2_000  # frames
SHORT = 1_000  # frames; a run below is not traced
BYTES = 60_000  # that may be new at the end of `TRACED`: the last frames, a session that stands. We saw 20,000.
BLOCKS = 1_000  # we saw 200


class Growth:
    """Over a run of `wanted` frames. Use as a context; `heard` now and then with the frames so far."""

    def __init__(self, wanted: int) -> None:
        self._settled_at = wanted // 3
        self._traced_at = max(wanted // 2, wanted - TRACED) if wanted >= SHORT else None
        self._blocks: int | None = None

    def __enter__(self) -> Growth:
        return self

    def __exit__(self, *_exc: object) -> None:
        tracemalloc.stop()

    def heard(self, frames: int) -> None:
        """Begin to count, and later to trace, when it is time."""
        if self._blocks is None and frames >= self._settled_at:
            self._blocks = blocks()
        if self._traced_at is not None and frames >= self._traced_at and not tracemalloc.is_tracing():
            blocks()
            tracemalloc.start()

    def check(self) -> int:
        """The blocks more than after the first third. Raises `AssertionError` when more is held than may be."""
        assert self._blocks is not None, "nothing was counted"
        assert tracemalloc.is_tracing() is (self._traced_at is not None)
        more = blocks() - self._blocks
        new = tracemalloc.get_traced_memory()[0]  # 0 when nothing was traced
        assert new < BYTES, f"{new} bytes of the last frames are still held"
        assert more < BLOCKS, f"{more} blocks more than after the first third"
        return more


def blocks() -> int:
    """Pieces of memory that are held now, without the last pictures that the simulated fingers keep."""
    picture.cache_clear()
    gc.collect()
    return sys.getallocatedblocks()
