"""Frames between core and worker: four bytes of length, then one msgpack message. No I/O here."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from padkit_agent.plugins.messages import FromWorker, ToWorker
from padkit_sdk.errors import BadFrame

MAX_FRAME = 4 * 1024 * 1024  # both ways; the largest honest message, a document photo, is below 1 MiB
MAX_VALUE = MAX_FRAME - 1024  # what a result may take of it
HEADER = struct.Struct(">I")

MessageT = TypeVar("MessageT")

_encoder = msgspec.msgpack.Encoder()


def encode(message: ToWorker | FromWorker) -> bytes:
    """Return one frame. Raises `BadFrame` when the message is longer than `MAX_FRAME`."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME:
        raise BadFrame(f"message {type(message).__name__} of {len(body)} bytes, at most {MAX_FRAME}")
    return HEADER.pack(len(body)) + body


class FrameDecoder(Generic[MessageT]):
    """Takes portions of any size and gives messages. After a `BadFrame` the stream is lost: throw it away."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[MessageT]) -> None:
        self._decoder = decoder
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[MessageT]:
        """Yield every message that is complete with `data`. Raises `BadFrame`."""
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer)
            if length > MAX_FRAME:
                raise BadFrame(f"frame of {length} bytes, at most {MAX_FRAME}", bytes(self._buffer[: HEADER.size]))
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            body = bytes(memoryview(self._buffer)[HEADER.size : end])
            del self._buffer[:end]
            yield self._decode(body)

    def _decode(self, body: bytes) -> MessageT:
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            raise BadFrame(f"message refused ({exc}), first bytes", body[:8]) from exc


def worker_side() -> FrameDecoder[ToWorker]:
    """A decoder for what a worker receives."""
    return FrameDecoder(_TO_WORKER)


def core_side() -> FrameDecoder[FromWorker]:
    """A decoder for what the core receives."""
    return FrameDecoder(_FROM_WORKER)


_TO_WORKER: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_FROM_WORKER: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)
