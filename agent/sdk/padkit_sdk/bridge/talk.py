"""What a worker and the process of a vendor's library say to each other: one JSON object a line, each line bounded."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from padkit_sdk.bridge.description import Function

MAX_LINE = 256 * 1024
MAX_OUT = 64 * 1024  # bytes of one out buffer
MAX_ERROR = 400  # characters


class Ask(msgspec.Struct, frozen=True):
    """Call a function; `given` are its numbers and data in order."""

    id: int
    function: Function
    given: tuple[int | bytes, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """What the function returned and wrote; `error` when it could not be called at all, or wrote nonsense."""

    id: int
    returned: Annotated[int, Meta(ge=-(2**31), lt=2**31)] = 0
    outs: tuple[bytes, ...] = ()
    error: Annotated[str, Meta(max_length=MAX_ERROR)] = ""
