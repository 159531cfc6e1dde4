"""The four doors: two commands, the core's HTTP list, the simulator's control socket. Fetches bytes; understands none."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiohttp

from padkit_sim.card_number import masked
from padkit_sim.compare.witnesses import (
    MAX_WITNESS,
    Testimony,
    WitnessUnreadable,
    read_box,
    read_central,
    read_core,
    read_kit,
)

ASK_STATE = b'{"do":"state"}\n'
LAST_WORDS_S = 2.0  # so long the pipes of an ended command may take to run dry
SHOWN = 300  # so much of what a failed command complained is shown


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the witnesses are heard; the commands print one JSON object on stdout."""

    kit_command: str
    central_command: str
    core_url: str
    control: Path
    timeout_s: float


async def hear(doors: Doors) -> Testimony:
    """Ask all four at once. Raises `WitnessUnreadable` for the first door that fails; the other questions are dropped."""
    try:
        async with asyncio.TaskGroup() as group:
            kit = group.create_task(_command("kit", doors.kit_command, doors.timeout_s))
            central = group.create_task(_command("central", doors.central_command, doors.timeout_s))
            core = group.create_task(_core(doors.core_url, doors.timeout_s))
            box = group.create_task(_box(doors.control, doors.timeout_s))
    except BaseExceptionGroup as failed:
        unheard, other = failed.split(WitnessUnreadable)
        if unheard is None or other is not None:
            raise
        raise _first(unheard) from None  # outside ``except*``: Python 3.11.2 would put it into a group again
    return Testimony(
        read_kit(kit.result()), read_central(central.result()), read_core(core.result()), read_box(box.result())
    )


class _Stream(Protocol):
    async def read(self, size: int, /) -> bytes: ...


def _first(group: BaseExceptionGroup[WitnessUnreadable]) -> WitnessUnreadable:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _command(door: str, command: str, timeout_s: float) -> bytes:
    words = _words(door, command)
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
        )
    except OSError as exc:
        raise WitnessUnreadable(f"{door}: {words[0]}: {exc.strerror}; correct --{door}-cmd") from exc
    assert process.stdout is not None and process.stderr is not None
    try:
        async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as group:
            said = group.create_task(_capped(door, process.stdout))
            complained = group.create_task(_tail(process.stderr))
            code = await process.wait()
    except TimeoutError as exc:
        raise WitnessUnreadable(f"{door}: {words[0]} gave no answer within {timeout_s:g} s; try it by hand") from exc
    finally:
        await _end(process)
    if code != 0:
        raise WitnessUnreadable(f"{door}: {words[0]} ended with code {code}: {complained.result()}; try it by hand")
    return said.result()


def _words(door: str, command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as exc:
        raise WitnessUnreadable(f"{door}: --{door}-cmd cannot be split into words: {exc}") from exc
    if not words:
        raise WitnessUnreadable(f"{door}: --{door}-cmd is empty; give a command that prints JSON")
    return words


async def _capped(door: str, stream: _Stream) -> bytes:
    said = bytearray()
    while piece := await stream.read(1 << 16):
        said += piece
        if len(said) > MAX_WITNESS:
            raise WitnessUnreadable(f"{door}: more than {MAX_WITNESS} bytes; ask a smaller kit")
    return bytes(said)


async def _tail(stream: _Stream) -> str:
    """Read a complaint to its end; return its last part in one line, card numbers masked."""
    kept = b""
    while piece := await stream.read(1 << 16):
        kept = (kept + piece)[-4096:]
    return " ".join(masked(kept.decode(errors="replace")).split())[-SHOWN:]


async def _end(process: Process) -> None:
    """Leave no process behind, nor one that it started and that still holds its output."""
    assert process.stdout is not None
    if process.returncode is None or not process.stdout.at_eof():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_S):
            await process.communicate()


async def _core(url: str, timeout_s: float) -> bytes:
    address = f"{url.rstrip('/')}/audit"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s)) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise WitnessUnreadable(f"core: {address} answered {answer.status}; is it the core bank?")
            return await _capped("core", answer.content)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as exc:
        what = str(exc) or type(exc).__name__
        raise WitnessUnreadable(f"core: {address}: {what}; start it, or correct --core-url") from exc


async def _box(control: Path, timeout_s: float) -> bytes:
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(control, limit=MAX_WITNESS)
            try:
                writer.write(ASK_STATE)
                await writer.drain()
                return await reader.readuntil(b"\n")
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as exc:
        what = str(exc) or type(exc).__name__
        raise WitnessUnreadable(f"box: {control}: {what}; start the simulator, or correct --control") from exc
