"""The process of one vendor's library: loads it, calls what is asked, dies with its worker. Run as ``python -m``.

The library's own output goes to /dev/null: it may hold what a person showed. Our lines go through descriptors that it does not
know, both ways. Nothing here survives a library that writes where it must not; that is what the process is for.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import signal
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from padkit_sdk.bridge.description import Argument, Constant, Data, Length, Number, Out, OutLength
from padkit_sdk.bridge.talk import MAX_ERROR, MAX_LINE, MAX_OUT, Ask, Told

PR_SET_PDEATHSIG = 1
MEBIBYTE = 1024 * 1024


def main() -> None:
    """Serve the worker on stdin and stdout until it closes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("--number", required=True, help="device:inode of the file that may be loaded")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--memory-mb", type=int, required=True)
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != options.parent:
        return
    limit_memory(options.memory_mb)
    number = tuple(int(part) for part in options.number.split(":"))
    asked, answers = quiet()
    with asked, answers:
        serve(lambda: load(options.library, number), asked, answers)


def limit_memory(memory_mb: int) -> None:
    """Private memory for good, at most what is allowed already."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = memory_mb * MEBIBYTE
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def quiet() -> tuple[BinaryIO, BinaryIO]:
    """Our own ways in and out; what the library reads is empty and what it prints goes nowhere from now on."""
    asked, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return os.fdopen(asked, "rb"), os.fdopen(answers, "wb")


def load(library: str, number: tuple[int, ...]) -> ctypes.CDLL:
    """The library, unless another file has taken its place, before or meanwhile. Raises `OSError`."""
    _must_be(library, number)
    loaded = ctypes.CDLL(library)
    _must_be(library, number)
    return loaded


def serve(load_it: Callable[[], Any], asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line; the library is loaded at the first."""
    loaded: Any = None
    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder(Ask).decode
    while line := asked.readline(MAX_LINE):
        ask = decode(line)
        try:
            loaded = loaded or load_it()
            told = call(loaded, ask)
        except (OSError, AttributeError, MemoryError, ValueError) as exc:
            told = Told(ask.id, error=f"{type(exc).__name__}: {exc}"[:MAX_ERROR])
        answers.write(encode(told) + b"\n")
        answers.flush()


def call(library: Any, ask: Ask) -> Told:
    """Call one function. Raises `AttributeError` (no such symbol) and `ValueError` (arguments or results that do not fit)."""
    function: Callable[..., int] = getattr(library, ask.function.symbol)
    values, outs = bind(ask.function.arguments, ask.given)
    returned = function(*values)
    return Told(ask.id, returned, tuple(read(buffer, length) for buffer, length in outs))


Outs = list[tuple[Any, Any]]


def bind(arguments: tuple[Argument, ...], given: tuple[int | bytes, ...]) -> tuple[list[Any], Outs]:
    """The C values of a call, and its out buffers with their lengths."""
    rest, last = list(given), b""
    values: list[Any] = []
    outs: Outs = []
    for argument in arguments:
        match argument:
            case Constant():
                values.append(ctypes.c_int(argument.value))
            case Number():
                values.append(ctypes.c_int(_next(rest, int)))
            case Data():
                last = _next(rest, bytes)
                values.append(ctypes.c_char_p(last))
            case Length():
                values.append(ctypes.c_int(len(last)))
            case Out():
                if not 0 < argument.size <= MAX_OUT:
                    raise ValueError(f"out buffer of {argument.size} bytes, at most {MAX_OUT}")
                outs.append((ctypes.create_string_buffer(argument.size), None))
                values.append(outs[-1][0])
            case OutLength():
                buffer, _ = outs[-1]
                outs[-1] = (buffer, ctypes.c_int(len(buffer)))
                values.append(ctypes.byref(outs[-1][1]))
    if rest:
        raise ValueError(f"{len(rest)} arguments too many")
    return values, outs


def read(buffer: Any, length: Any) -> bytes:
    """What a function wrote; text up to its zero byte when it does not tell a length."""
    if length is None:
        return bytes(buffer.value)
    if not 0 <= length.value <= len(buffer):
        raise ValueError(f"told {length.value} bytes in a buffer of {len(buffer)}")
    return bytes(buffer.raw[: length.value])


def _must_be(library: str, number: tuple[int, ...]) -> None:
    seen = os.lstat(library)
    if (seen.st_dev, seen.st_ino) != number:
        raise OSError(f"{library} is another file than the one that was looked at")


def _next(rest: list[int | bytes], kind: type[Any]) -> Any:
    if not rest or not isinstance(rest[0], kind):
        raise ValueError(f"an argument of type {kind.__name__} is missing")
    return rest.pop(0)


if __name__ == "__main__":
    main()
