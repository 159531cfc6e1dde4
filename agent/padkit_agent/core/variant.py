"""Which way a card can be opened follows from what the box can do, never from its name. One way is offered here.

That way stages the card, reads it inside, and presents or captures it. Manual hand-over of a card that was only pushed out
is another flow, which this version does not have.
"""

from __future__ import annotations

from collections.abc import Set

CANNOT = "box.cannot"
OTHER_BOX = "connect a card box that stages and captures cards", "请换用能预送卡并回收的发卡箱"
NEEDED = {  # capability of the port, and what it is called in Chinese
    "stage": "预送卡",
    "read_inside": "箱内读卡",
    "present": "出卡口持卡",
    "detect_taken": "感知取卡",
    "capture": "回收",
    "bin_count": "回收计数",
}


def unfit(able: Set[str]) -> str:
    """Say in English and Chinese why no card can be opened with a box that can do `able`; empty when one can."""
    lacking = [name for name in NEEDED if name not in able]
    if not lacking:
        return ""
    english, chinese = OTHER_BOX
    return (
        f"this card box cannot {', '.join(lacking)}, so no card is opened with it; {english}; "
        "manual hand-over is not offered by this version / "
        f"此发卡箱不能{'、'.join(NEEDED[name] for name in lacking)}，不能用它开卡；{chinese}；本版本不提供人工交接"
    )
