"""The faults of the card reader: names, where each strikes, arguments. What they do is in the machine."""

from __future__ import annotations

from padkit_sim.devices.bank_card import CARD_FAULTS
from padkit_sim.faults import ArgSpec, FaultSpec

READER_FAULTS = (
    FaultSpec("reader.mute", "nth exchange: the card does not answer, the reader says so after a second (FE)"),
    FaultSpec("reader.parity", "nth exchange: the answer is garbled between card and reader (FD)"),
    FaultSpec(
        "reader.slow",
        "nth exchange: the card asks for more time so often, half a second each",
        args={"extensions": ArgSpec(3, minimum=1)},
    ),
    FaultSpec("reader.card_pulled", "nth exchange: the card is pulled before it answers"),
    FaultSpec(
        "pcsc.daemon_killed",
        "nth exchange: pcscd is killed, and started again later; 0: never",
        args={"back_s": ArgSpec(0.5, minimum=0)},
    ),
)
FAULTS = READER_FAULTS + CARD_FAULTS
NAMES = frozenset(spec.name for spec in FAULTS)
