"""A stream of pictures as cameras send it, ``multipart/x-mixed-replace`` (MJPEG over HTTP). No I/O here."""

from __future__ import annotations

import re

from padkit_sdk.errors import BadFrame, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES

MAX_HEAD = 4_096  # bytes of one part's header lines
MAX_BOUNDARY = 70  # RFC 2046, 5.1.1
BOUNDARY = re.compile(r"""boundary="?([0-9A-Za-z'()+_,./:=?-]+)"?""", re.IGNORECASE)
LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,10})[ \t]*$", re.IGNORECASE | re.MULTILINE)


def boundary_of(content_type: str) -> bytes:
    """Return the line that begins each part. Raises `BadFrame` when the type is no stream of parts."""
    found = BOUNDARY.search(content_type[:512])
    if not content_type.lower().startswith("multipart/") or found is None or len(found[1]) > MAX_BOUNDARY:
        raise BadFrame(f"pictures: content type {content_type[:64]!r} is no stream of pictures")
    return b"--" + found[1].removeprefix("--").encode("ascii")  # some cameras name it with its dashes


class Parts:
    """Cuts bytes, however they are portioned, into the bodies of parts. Holds one part at most."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._held = bytearray()
        self._length: int | None = None  # of the body that is awaited; None where the header did not say
        self._in_body = False
        self._seen = 0  # of `_held`, searched already

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies that are whole now.

        Raises `BadFrame` (header lines without end, noise instead of a part), `Refused` ``picture.size``.
        """
        self._held += data
        whole: list[bytes] = []
        while (body := self._body() if self._in_body else self._head()) is not None:
            whole += [body] if body else []
        return whole

    def _head(self) -> bytes | None:
        """Pass a part's header; ``b""`` when its body begins."""
        end, gap = self._held.find(b"\r\n\r\n"), 4
        if end < 0:
            end, gap = self._held.find(b"\n\n"), 2
        if (end if end >= 0 else len(self._held)) > MAX_HEAD:
            raise BadFrame(f"pictures: a part's header of more than {MAX_HEAD} bytes")
        if end < 0:
            return None
        head = bytes(self._held[:end]).replace(b"\r\n", b"\n")
        if self._boundary not in head:
            raise BadFrame("pictures: a part does not begin with its boundary")
        length = LENGTH.search(head)
        self._length = int(length[1]) if length else None
        if self._length is not None and self._length > MAX_PICTURE_BYTES:
            raise too_large(self._length)
        del self._held[: end + gap]
        self._in_body, self._seen = True, 0
        return b""

    def _body(self) -> bytes | None:
        end = self._end()
        if end is None:
            if len(self._held) > MAX_PICTURE_BYTES + MAX_HEAD:
                raise too_large(len(self._held))
            return None
        body = bytes(self._held[:end])
        del self._held[:end]
        self._in_body = False
        return body.removesuffix(b"\r\n") if self._length is None else body

    def _end(self) -> int | None:
        """Where the body ends, None when that has not come yet."""
        if self._length is not None:
            return self._length if len(self._held) >= self._length else None
        end = self._held.find(self._boundary, self._seen)
        self._seen = max(0, len(self._held) - len(self._boundary))
        return end if end >= 0 else None


def too_large(size: int) -> Refused:
    """The refusal of a picture of `size` bytes or more."""
    told = f"picture of {size} bytes or more, at most {MAX_PICTURE_BYTES}; let the camera send smaller ones"
    return Refused("picture.size", told)
