"""The look at memory is worth something: a driver that keeps 100 bytes of each bad frame does not pass."""

from __future__ import annotations

import pytest
from growth import SHORT
from hostile_benches import ChipReader
from virtual_time import run

FRAMES = SHORT + 200


class Hoarder(ChipReader):
    """Keeps 100 bytes of each frame: in pieces, or in one that grows."""

    def __init__(self, seed, kept):
        super().__init__(seed)
        self.kept = kept

    async def mishear(self):
        before = self.saboteur.frames
        await super().mishear()
        for _ in range(self.saboteur.frames - before):
            self.kept += [bytes(100)] if isinstance(self.kept, list) else bytes(100)


@pytest.mark.parametrize(("kept", "told"), [([], "of the last frames are still held"), (bytearray(), "still held")])
def test_a_driver_that_keeps_something_of_each_frame_is_caught(kept, told):
    async def ordeal():
        bench = Hoarder(1, kept)
        with pytest.raises(AssertionError, match=told):
            await bench.ordeal(FRAMES)
        await bench.close()

    run(ordeal())
