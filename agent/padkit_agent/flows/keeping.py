"""What a flow saw is kept whole, under the digest that its event names, before that event is written: file first, row next."""

from __future__ import annotations

from dataclasses import dataclass, field

from padkit_agent.core.clock import Clock
from padkit_agent.store import Files
from padkit_sdk.secrets import HiddenBytes

MEDIA = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"RIFF": "image/webp", b"BM": "image/bmp"}
ANY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Caught:
    """One thing that was seen: the evidence type it belongs to, and the device it came from."""

    type: str
    device: str
    data: HiddenBytes = field(repr=False)


async def keep(files: Files, flow_id: str, caught: list[Caught], clock: Clock) -> None:
    """Write what one action caught; what is empty was not seen. Raises `Refused` ``file.*``, `StoreUnavailable`."""
    for it in caught:
        if it.data.data:
            about = {"device": it.device}
            await files.keep(flow_id, it.type, media_of(it.data.data), it.data.data, at=clock.iso(), about=about)


def media_of(data: bytes) -> str:
    """Tell a picture by its first bytes; anything else is bytes."""
    return next((media for head, media in MEDIA.items() if data.startswith(head)), ANY)
