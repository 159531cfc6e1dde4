"""The caller's side of a port: an object with the port's methods, whatever carries the calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast

from padkit_agent.plugins.ports import MethodCodec, methods_of, port_name

PortT = TypeVar("PortT")


class Endpoint(Protocol):
    """Carries packed calls to a device: a worker, or a lease in front of one."""

    async def call(self, device: str, port: str, method: str, arguments: bytes, *, timeout_s: float | None) -> bytes:
        """Return the packed result. Raises the SDK's errors; `timeout_s` is the caller's, None when the method has none."""
        ...


def port_proxy(port: Callable[..., PortT], endpoint: Endpoint, device: str) -> PortT:
    """Return `device`'s side of `port`, typed as `port`. Raises `Refused` ``port.unknown``."""
    return cast(PortT, PortProxy(port_name(port), methods_of(cast(type, port)), endpoint, device))


class PortProxy:
    """Has exactly the methods of its port; each packs its arguments, calls, and unpacks the result."""

    def __init__(self, port: str, methods: dict[str, MethodCodec], endpoint: Endpoint, device: str) -> None:
        self._port = port
        self._methods = methods
        self._endpoint = endpoint
        self._device = device

    def __repr__(self) -> str:
        return f"PortProxy({self._device}, {self._port})"

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        codec = self._methods.get(name)
        if codec is None:
            raise AttributeError(f"port {self._port} has no method {name}", name=name, obj=self)

        async def call(*args: object, **kwargs: object) -> object:
            arguments, timeout_s = codec.pack(args, kwargs)
            endpoint, device = self._endpoint, self._device
            return codec.unpack_result(
                await endpoint.call(device, codec.port, codec.name, arguments, timeout_s=timeout_s)
            )

        return call
