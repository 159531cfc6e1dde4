"""The faults of the U.are.U 4500: names, where each strikes, arguments. What they do is in the reader."""

from __future__ import annotations

from padkit_sim.devices.finger import BAD
from padkit_sim.faults import ArgSpec, FaultSpec

FAULTS = (
    BAD,
    FaultSpec("uru.awake_early", "nth power-up: 56AA comes at the power-down write, before the power-up is done"),
    FaultSpec("uru.awake_late", "nth power-up: 56AA comes only when the host reads HWSTAT anew, after its patience"),
    FaultSpec("uru.awake_missing", "nth power-up: 56AA never comes"),
    FaultSpec("uru.awake_repeated", "nth power-up: 56AA comes four times, the last after the next MODE 20"),
    FaultSpec("uru.reboot", "nth read of HWSTAT: it asks for a reboot (84), and is awake again after a few reads"),
    FaultSpec(
        "uru.power_stuck",
        "nth power-up: the low-power bit stays for `reads` reads of HWSTAT",
        args={"reads": ArgSpec(3, minimum=1)},
    ),
    FaultSpec("uru.warning", "nth capture: 0800 is said and no picture comes"),
    FaultSpec("uru.key_change", "nth picture: the key changes inside it"),
    FaultSpec("uru.not_present", "nth picture: single rows are not in the message"),
    FaultSpec("uru.plain", "nth picture: not scrambled"),
    FaultSpec("uru.wrong_lines", "nth picture: its header claims 290 lines"),
    FaultSpec("uru.short", "nth picture: the transfer ends in the middle"),
    FaultSpec(
        "uru.stall",
        "nth capture: the picture comes `after_s` mechanical seconds late",
        args={"after_s": ArgSpec(5.5, minimum=0)},
    ),
)
NAMES = frozenset(spec.name for spec in FAULTS)
