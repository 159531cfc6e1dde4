"""The faults of the signature pad: names, where each strikes, arguments. What they do is in the pad."""

from __future__ import annotations

from padkit_sim.faults import ArgSpec, FaultSpec, Kind

COMMANDS = ("clear", "start_image", "end_image", "start_capture", "end_capture", "any")

FAULTS = (
    FaultSpec("pad.drop_report", "nth pen report: never sent, its number is missing"),
    FaultSpec("pad.repeat_sequence", "nth pen report: sent twice under one number"),
    FaultSpec(
        "pad.out_of_range",
        "nth pen report of a touching pen: it and those after it, `count` in all, say 'not in range' and no place",
        args={"count": ArgSpec(10, minimum=1)},
    ),
    FaultSpec("pad.saturated", "from the nth touching pen report on: each has the largest pressure", Kind.CONDITION),
    FaultSpec(
        "pad.wrong_state",
        "nth command of that kind: not carried out, last result 02",
        args={"on": ArgSpec("any", COMMANDS)},
    ),
    FaultSpec(
        "pad.image_refused",
        "nth end of a picture: not shown, last result `result`",
        args={"result": ArgSpec("10", ("10", "11", "12"))},
    ),
    FaultSpec(
        "pad.busy",
        "nth look at the status: the pad works on its memory (05) for `for_s` and takes no command (result 02)",
        args={"for_s": ArgSpec(0.5, minimum=0)},
    ),
)
NAMES = frozenset(spec.name for spec in FAULTS)
