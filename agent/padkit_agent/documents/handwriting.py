"""What a person wrote by hand, as pictures for the rooms of a document: PNG, no larger than a page needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from padkit_agent.documents.template import Template
from padkit_agent.documents.values import belongs
from padkit_sdk.errors import Refused
from padkit_sdk.secrets import HiddenBytes

MOST_BYTES = 256 * 1024
MOST_SIDE_PX = 2048
MOST_DEPTH = 8  # bits of a channel
HEAD = struct.Struct(">8sI4sIIB")  # PNG (RFC 2083), 3.1 and 4.1.1: signature, length, type, width, height, bit depth
PNG = b"\x89PNG\r\n\x1a\n"


def check_written(template: Template, values: Mapping[str, object], written: Mapping[str, HiddenBytes]) -> None:
    """Take one picture for each room that belongs to a document of these values, and no other.

    Raises:
        Refused: ``document.handwriting``; the message names document and room.
    """
    rooms = [room.name for room in template.rooms if belongs(room.when, values)]
    if written.keys() != set(rooms):
        told = f"document {template.id}: wants handwriting for {', '.join(rooms) or 'no room'}; give exactly these"
        raise Refused("document.handwriting", told)
    for name in rooms:
        if why := _trouble(written[name].data):
            told = f"document {template.id}, room {name}: {why}; give a PNG as the signature pad makes it"
            raise Refused("document.handwriting", told)


def _trouble(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        return f"{len(data)} bytes, at most {MOST_BYTES}"
    if len(data) < HEAD.size:
        return "no PNG"
    signature, _, kind, width, height, depth = HEAD.unpack_from(data)
    if (signature, kind) != (PNG, b"IHDR"):
        return "no PNG"
    if not (0 < width <= MOST_SIDE_PX and 0 < height <= MOST_SIDE_PX and depth <= MOST_DEPTH):
        return f"{width} × {height} pixels of {depth} bits, at most {MOST_SIDE_PX} × {MOST_SIDE_PX} of {MOST_DEPTH}"
    return ""
