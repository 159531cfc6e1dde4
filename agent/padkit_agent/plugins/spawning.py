"""What the core and the spawner of its workers say to each other: one msgpack message a packet. No I/O here."""

from __future__ import annotations

import msgspec

from padkit_sdk.errors import BadFrame

MAX_PACKET = 4_096


class Spawn(msgspec.Struct, frozen=True, tag="spawn"):
    """Fork a worker; two descriptors come with the packet: its channel, and what takes its stdout and stderr."""

    id: int
    memory_mb: int
    open_files: int


class Kill(msgspec.Struct, frozen=True, tag="kill"):
    """Kill a worker and what it started, at once. Harmless when it is gone already."""

    id: int


class Spawned(msgspec.Struct, frozen=True, tag="spawned"):
    id: int
    pid: int


class Exited(msgspec.Struct, frozen=True, tag="exited"):
    """A worker is gone; `status` is its exit code, negative the signal that killed it."""

    id: int
    status: int


ToSpawner = Spawn | Kill
FromSpawner = Spawned | Exited

_encoder = msgspec.msgpack.Encoder()
_to_spawner: msgspec.msgpack.Decoder[ToSpawner] = msgspec.msgpack.Decoder(ToSpawner)
_from_spawner: msgspec.msgpack.Decoder[FromSpawner] = msgspec.msgpack.Decoder(FromSpawner)


def pack(message: ToSpawner | FromSpawner) -> bytes:
    """Return one packet."""
    return _encoder.encode(message)


def unpack_request(packet: bytes) -> ToSpawner:
    """What the spawner received. Raises `BadFrame`."""
    try:
        return _to_spawner.decode(packet)
    except msgspec.MsgspecError as exc:
        raise BadFrame(f"spawner request refused ({exc})", packet) from exc


def unpack_answer(packet: bytes) -> FromSpawner:
    """What the core received. Raises `BadFrame`."""
    try:
        return _from_spawner.decode(packet)
    except msgspec.MsgspecError as exc:
        raise BadFrame(f"spawner answer refused ({exc})", packet) from exc
