"""The faults of the EF01 module: names, where each strikes, arguments. What they do is in the module."""

from __future__ import annotations

from padkit_sim.devices.finger import BAD
from padkit_sim.faults import ArgSpec, FaultSpec

COMMANDS = (
    *("take", "features", "match", "search", "join", "store", "load", "upload", "download", "picture", "delete"),
    *("empty", "parameters", "password", "count", "light", "handshake", "any"),
)

FAULTS = (
    BAD,
    FaultSpec("r30x.bad_sum", "nth acknowledgement: its checksum is wrong"),
    FaultSpec("r30x.wrong_address", "nth acknowledgement: it comes from another address"),
    FaultSpec("r30x.silent", "nth command of that kind: carried out, no answer", args={"on": ArgSpec("any", COMMANDS)}),
    FaultSpec("r30x.no_finger", "nth look for a finger: answered 02 although one lies there"),
    FaultSpec("r30x.disordered", "nth making of features: answered 06"),
    FaultSpec("r30x.password", "nth password: answered 13"),
    FaultSpec("r30x.library_full", "nth store: answered 0B"),
    FaultSpec("r30x.packet_lost", "nth data packet: not sent"),
    FaultSpec("r30x.store_failed", "nth store: power fails while the flash is written; answered 18, nothing kept"),
)
NAMES = frozenset(spec.name for spec in FAULTS)
