"""Stands a kit up for a command or a terminal: temporary root, devices, control socket, environment; and takes it down again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from padkit_sim.control import ControlDoor, Desk
from padkit_sim.errors import SimRefused
from padkit_sim.kit import Kit
from padkit_sim.kitfile import KitFile
from padkit_sim.root import kit_root
from padkit_sim.stacks import Ground, standing_stacks
from padkit_sim.wires import BoardTree, UsbTree
from padkit_sim.wires.pcap import Pcap

if TYPE_CHECKING:
    from padkit_sim.page import PageAddress

GOODBYE_S = 5.0  # how long a command may take to end after SIGTERM
NOT_EXECUTABLE, NOT_FOUND = 126, 127  # as a shell has them
BY_SIGNAL = 128  # a command ended by signal n gives 128 + n, as a shell does


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may change of a kit file. `control` None: a socket inside the root.

    `usbip` is ``host:port`` where USB devices are lent over USB/IP, `pcap` a capture file of what passes on USB.
    """

    speed: float | None = None
    seed: int | None = None
    journal: Path | None = None
    control: Path | None = None
    page: PageAddress | None = None
    say: Callable[[str], None] = lambda link: None  # hears each link that lets a browser in
    usbip: str = ""
    pcap: Path | None = None


@asynccontextmanager
async def standing(
    file: KitFile, options: Options, now_mono_s: Callable[[], float]
) -> AsyncIterator[Mapping[str, str]]:
    """A kit that works, and the environment that leads a program to it; gone afterwards. Raises `SimRefused`."""
    file = replace(
        file,
        speed=file.speed if options.speed is None else options.speed,
        seed=file.seed if options.seed is None else options.seed,
    )
    async with AsyncExitStack() as stack:
        root = stack.enter_context(kit_root())
        tree = UsbTree(root)
        journal = stack.enter_context(_opened("journal", options.journal, "ab")) if options.journal else None
        pcap = stack.enter_context(_opened("pcap", options.pcap, "wb")) if options.pcap else None
        tap = Pcap(pcap, now_mono_s) if pcap else None
        ground = Ground(root, file, tree, usbip=options.usbip, tap=tap)
        wires = await stack.enter_async_context(standing_stacks(ground))
        kit = Kit(file, wires.wire_for, now_mono_s, journal)
        kit.on_fault = ground.on_fault
        kit.machine.seen_by(BoardTree(tree.sys))
        stack.callback(kit.close)
        kit.start()
        control = options.control or root / "control"
        await _open_door(kit, control, stack)
        await _open_page(kit, file, options, stack)
        cameras = await _open_camera(kit, stack)
        yield {
            "PADKIT_SYSFS": str(tree.sys),
            "PADKIT_DEV": str(tree.dev),
            "PADKIT_SIM_CONTROL": str(control),
            **cameras,
            **ground.environment,
        }


def _opened(what: str, path: Path, mode: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], path.open(mode))
    except OSError as exc:
        raise SimRefused(f"{what} {path}: {exc.strerror}; give a file that can be written") from exc


async def _open_door(kit: Kit, path: Path, stack: AsyncExitStack) -> None:
    door = ControlDoor(Desk(kit), path)
    try:
        await door.open()
    except OSError as exc:
        raise SimRefused(
            f"control socket {path}: {exc.strerror or exc}; give a free path of at most 107 bytes"
        ) from exc
    stack.callback(door.close)


async def _open_camera(kit: Kit, stack: AsyncExitStack) -> Mapping[str, str]:
    if not kit.has_camera:
        return {}
    from padkit_sim.camera.door import CameraDoor  # brings an HTTP server: only for kits that have one

    door = CameraDoor(kit.camera)
    stack.push_async_callback(door.close)
    return {"PADKIT_CAMERAS": await door.open()}


async def _open_page(kit: Kit, file: KitFile, options: Options, stack: AsyncExitStack) -> None:
    if options.page is None:
        return
    from padkit_sim.page import PageDoor  # brings an HTTP server: only when asked for

    door = PageDoor(kit, file, options.say)
    try:
        await door.open(options.page)
    except OSError as exc:
        raise SimRefused(
            f"page {options.page.host}:{options.page.port}: {exc.strerror or exc}; give another port"
        ) from exc
    stack.push_async_callback(door.close)


async def run(file: KitFile, options: Options, now_mono_s: Callable[[], float], command: Sequence[str]) -> int:
    """Give `command` a kit; returns its exit code. Raises `SimRefused`."""
    forward = _Forward()
    async with standing(file, options, now_mono_s) as environment:
        try:
            child = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment})
        except FileNotFoundError:
            sys.stderr.write(f"padkit-sim run: {command[0]}: command not found; give a program on the PATH or a path\n")
            return NOT_FOUND
        except OSError as exc:
            sys.stderr.write(f"padkit-sim run: {command[0]}: {exc.strerror}; give a file that can be executed\n")
            return NOT_EXECUTABLE
        forward.to(child)
        try:
            code = await child.wait()
        finally:
            await _stop(child)
    return code if code >= 0 else BY_SIGNAL - code


async def serve(
    file: KitFile, options: Options, now_mono_s: Callable[[], float], ready: Callable[[Mapping[str, str]], None]
) -> None:
    """Keep a kit standing until SIGTERM or SIGINT; `ready` hears its environment. Raises `SimRefused`."""
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with standing(file, options, now_mono_s) as environment:
        ready(environment)
        await end.wait()


class _Forward:
    """Passes SIGINT and SIGTERM on to a command; one that comes before the command stands is kept for it."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._kept = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._pass, number)

    def to(self, child: asyncio.subprocess.Process) -> None:
        """From now on to `child`."""
        self._child = child
        if self._kept:
            self._pass(self._kept)

    def _pass(self, number: int) -> None:
        from_terminal = number == signal.SIGINT and sys.stdin.isatty()  # Ctrl-C reaches the command by itself
        if self._child is None:
            self._kept = number
        elif self._child.returncode is None and not from_terminal:
            self._child.send_signal(number)


async def _stop(child: asyncio.subprocess.Process) -> None:
    """End a command that is still there, politely first."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(GOODBYE_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
