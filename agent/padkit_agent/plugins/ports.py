"""Ports across the wire: arguments and results are packed by the port's own type hints. No I/O here.

So a caller in the core gets the very values a driver returned: dataclasses, enums, frozensets and hidden values alike.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from padkit_sdk.errors import OutcomeUnknown, Refused
from padkit_sdk.ports import PORTS, Device

DEVICE_PORT = "device"  # what every device offers besides its declared ports
KNOWN_PORTS: Mapping[str, type] = {DEVICE_PORT: Device, **PORTS}

_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True)
class MethodCodec:
    """How the arguments and the result of one method become bytes and back."""

    port: str
    name: str
    signature: inspect.Signature
    arguments: type[msgspec.Struct]
    decode_arguments: msgspec.msgpack.Decoder[msgspec.Struct]
    decode_result: msgspec.msgpack.Decoder[object]

    def pack(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[bytes, float | None]:
        """Return the packed arguments and ``timeout_s`` if the method has one. Raises `Refused` ``port.argument``."""
        try:
            bound = self.signature.bind(None, *args, **kwargs)
            bound.apply_defaults()
            named = {name: value for name, value in bound.arguments.items() if name != "self"}
            packed = _encoder.encode(self.arguments(**named))
            self.decode_arguments.decode(packed)
        except (TypeError, msgspec.MsgspecError) as exc:
            raise Refused("port.argument", f"{self.port}.{self.name}: {exc}; see the port's signature") from exc
        timeout_s = named.get("timeout_s")
        return packed, float(timeout_s) if isinstance(timeout_s, int | float) else None

    def unpack(self, packed: bytes) -> dict[str, object]:
        """Return the arguments by name. Raises `Refused` ``port.argument``."""
        try:
            values = self.decode_arguments.decode(packed)
        except msgspec.MsgspecError as exc:
            raise Refused("port.argument", f"{self.port}.{self.name}: {exc}; see the port's signature") from exc
        return {name: getattr(values, name) for name in self.arguments.__struct_fields__}

    def pack_result(self, value: object) -> bytes:
        """Return the packed result. Raises `OutcomeUnknown` when the driver returned what the port does not promise."""
        try:
            packed = _encoder.encode(value)
            self.decode_result.decode(packed)
        except (TypeError, ValueError, msgspec.MsgspecError) as exc:
            raise OutcomeUnknown(
                f"{self.port}.{self.name}: the driver returned a {type(value).__name__}, not what the port says; "
                "look before repeating"
            ) from exc
        return packed

    def unpack_result(self, packed: bytes) -> object:
        """Return the result as the port types it. Raises `OutcomeUnknown` for bytes that do not fit."""
        try:
            return self.decode_result.decode(packed)
        except (ValueError, msgspec.MsgspecError, RecursionError) as exc:
            raise OutcomeUnknown(
                f"{self.port}.{self.name}: the worker's answer does not fit the port; look before repeating"
            ) from exc


@lru_cache(maxsize=64)
def methods_of(port: type) -> dict[str, MethodCodec]:
    """The codecs of all methods of `port`, by name."""
    name = port_name(port)
    functions = inspect.getmembers(port, inspect.iscoroutinefunction)
    return {method: _codec(name, method, function) for method, function in functions if not method.startswith("_")}


def port_name(port: object) -> str:
    """The key of a port class. Raises `Refused` ``port.unknown``."""
    for name, known in KNOWN_PORTS.items():
        if known is port:
            return name
    raise Refused("port.unknown", f"{port!r} is no port of this SDK; use one of {', '.join(KNOWN_PORTS)}")


def method_of(port: str, method: str) -> MethodCodec:
    """One method's codec by names. Raises `Refused` ``port.unknown`` or ``port.method``."""
    if port not in KNOWN_PORTS:
        raise Refused("port.unknown", f"{port} is no port of this SDK; use one of {', '.join(KNOWN_PORTS)}")
    codec = methods_of(KNOWN_PORTS[port]).get(method)
    if codec is None:
        raise Refused("port.method", f"port {port} has no method {method}; see its protocol")
    return codec


def _codec(port: str, method: str, function: typing.Callable[..., object]) -> MethodCodec:
    hints = typing.get_type_hints(function)
    result = hints.pop("return", type(None))
    arguments = msgspec.defstruct(f"{port}_{method}", [(name, hint) for name, hint in hints.items()], frozen=True)
    return MethodCodec(
        port,
        method,
        inspect.signature(function),
        arguments,
        msgspec.msgpack.Decoder(arguments),
        msgspec.msgpack.Decoder(result),
    )
