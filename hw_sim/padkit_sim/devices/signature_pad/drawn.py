"""One stroke that somebody draws, as text: the places where a mouse, a finger or a pen was. No I/O."""

from __future__ import annotations

import re
from itertools import pairwise

from padkit_sim.devices.signature_pad.strokes import Knot, Touch, played
from padkit_sim.errors import SimRefused

MAX_TEXT = 60_000  # below what one line of the control socket may have
MAX_MS = 60_000  # how long one stroke may take
_PLACE = re.compile(r"(\d{1,5}),(\d(?:\.\d{1,6})?),(\d(?:\.\d{1,6})?),(\d(?:\.\d{1,6})?)", re.ASCII)
_FORM = "give 'ms,x,y,force' for each place, blanks between; x, y and force from 0 to 1"


def drawn(item: str) -> list[Touch]:
    """The stroke that `item` tells, at the pad's rate; the pen is near before and after, and gone at the end.

    ``0,0.2,0.4,0.5 16,0.21,0.42,0.55``: milliseconds since its beginning, and parts of the screen from its left upper corner.
    Raises `SimRefused`.
    """
    if len(item) > MAX_TEXT:
        raise SimRefused(f"signature pad: draw: {len(item)} characters; give at most {MAX_TEXT}, or several strokes")
    knots = [_knot(text) for text in item.split(" ")]
    for one, other in pairwise(knots):
        if other.at_s < one.at_s:
            raise SimRefused(f"signature pad: draw: {round(other.at_s * 1000)} ms is earlier than the place before it")
    if knots[-1].at_s * 1000 > MAX_MS:
        raise SimRefused(f"signature pad: draw: a stroke of {knots[-1].at_s:g} s; give at most {MAX_MS // 1000} s")
    return played([knots])


def _knot(text: str) -> Knot:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise SimRefused(f"signature pad: draw: {text[:40]!r} is no place of a stroke; {_FORM}")
    at_ms, x, y, force = int(found[1]), *(float(one) for one in found.groups()[1:])
    if max(x, y, force) > 1:
        raise SimRefused(f"signature pad: draw: {text!r} is off the screen or too hard; {_FORM}")
    return Knot(at_ms / 1000, x, y, force)
