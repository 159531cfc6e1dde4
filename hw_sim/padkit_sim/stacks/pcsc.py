"""A private pcscd for the kits that have a card reader: Debian's own, on a socket of the kit, above the kit's USB devices.

Its folders are fixed when it is built, so it runs in a mount namespace of its own, where /run is empty and the driver folder
is ours. Without namespaces it can do for root, and for readers whose ids the installed driver knows.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

from padkit_sim.errors import SimRefused
from padkit_sim.faults import Firing
from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.ccid_bundle import copy_bundle, known_to_driver
from padkit_sim.stacks.mortal import MORTAL
from padkit_sim.stacks.preload import LIBRARY, PACKAGE, UMOCKDEV_DIR
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import UsbIdentity

PCSCD = "pcscd"
KILLED = "pcsc.daemon_killed"
GOODBYE_S = 2.0
WAITING = 16  # clients that may wait to be let in
LISTEN_FD = 3  # where a daemon that systemd starts finds its socket
PLACES = "/usr/sbin:/usr/bin:/sbin:/bin"  # pcscd is not on everybody's path
IN_NAMESPACE = 'mount -t tmpfs tmpfs /run && mount --bind "$PADKIT_DRIVERS" /usr/lib/pcsc/drivers && '
# only pcscd itself may have the preload: mount would be led astray by it
DAEMON = (
    'exec 3<&"$1" && shift && export LISTEN_FDS=1 LISTEN_PID=$$ LD_PRELOAD="$PADKIT_PRELOAD" && '
    'unset PADKIT_DRIVERS PADKIT_PRELOAD && exec "$@"'
)


class PcscStack:
    """The daemon. `environment` leads a program to it; `usb` leads the daemon to the kit's USB devices."""

    def __init__(self, root: Path, readers: Sequence[UsbIdentity], usb: Mapping[str, str]) -> None:
        self._folder = root / "pcscd"
        self._readers = readers
        self._usb = usb
        self._daemon: asyncio.subprocess.Process | None = None
        self._back: asyncio.TimerHandle | None = None
        self._starting: asyncio.Task[None] | None = None
        self._command: tuple[str, ...] = ()

    @property
    def socket(self) -> Path:
        return self._folder / "comm"

    @property
    def environment(self) -> dict[str, str]:
        """Variables for the programs that shall use it."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}

    async def start(self) -> None:
        """Be there. Raises `SimRefused`."""
        program = shutil.which(PCSCD, path=f"{os.environ.get('PATH', '')}:{PLACES}")
        if program is None:
            raise SimRefused("pcscd: command not found; install the Debian packages pcscd and libccid")
        (self._folder / "conf").mkdir(parents=True)
        self._command = await self._command_for(program)
        await self._run()

    async def stop(self) -> None:
        """Be gone for good."""
        if self._back is not None:
            self._back.cancel()
        if self._starting is not None:
            await asyncio.wait([self._starting])
        daemon, self._daemon = self._daemon, None
        if daemon is None or daemon.returncode is not None:
            return
        daemon.terminate()
        try:
            async with asyncio.timeout(GOODBYE_S):
                await daemon.wait()
        except TimeoutError:
            daemon.kill()
            await daemon.wait()

    def wire_for(self, entry: DeviceEntry) -> NoReturn:
        """It has no wires of its own: readers are on USB."""
        raise SimRefused(f"{entry.id}: PC/SC is no wire; a card reader is on usb")

    def hear(self, firing: Firing) -> None:
        """A fault has struck in the kit."""
        if firing.name == KILLED:
            self.kill(firing.args.number("back_s"))

    def kill(self, back_s: float) -> None:
        """Kill the daemon; another takes its place `back_s` seconds later, 0: never."""
        if self._daemon is not None and self._daemon.returncode is None:
            self._daemon.kill()
        self.socket.unlink(missing_ok=True)
        if back_s:
            self._back = asyncio.get_running_loop().call_later(back_s, self._start_again)

    def _start_again(self) -> None:
        self._back = None
        self._starting = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        daemon = self._daemon
        if daemon is not None:
            await daemon.wait()
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self.socket))
            self.socket.chmod(0o600)
            door.listen(WAITING)
            with (self._folder / "log").open("ab") as log:
                self._daemon = await asyncio.create_subprocess_exec(
                    *self._command[:-1],
                    str(door.fileno()),
                    *(self._command[-1], "--foreground", "--error", "--config", str(self._folder / "conf")),
                    env=self._environment(),
                    pass_fds=[door.fileno()],
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "PCSCLITE_CSOCK_NAME")
        }
        usb = {name: value for name, value in self._usb.items() if name != "LD_PRELOAD"}
        ours = {"PADKIT_DRIVERS": str(self._folder / "drivers"), "PADKIT_PRELOAD": self._usb.get("LD_PRELOAD", "")}
        return {**inherited, **usb, **ours}

    async def _command_for(self, program: str) -> tuple[str, ...]:
        """What starts the daemon, up to the number of its socket, and last the daemon itself. Raises `SimRefused`."""
        root = os.geteuid() == 0
        own = ("unshare", "--mount", *(() if root else ("--user", "--map-root-user")))
        if await _works(*own, "true"):
            copy_bundle(self._readers, self._folder / "drivers")
            return (*own, *MORTAL, "bash", "-c", IN_NAMESPACE + DAEMON, "bash", program)
        strangers = [it for it in self._readers if not known_to_driver(it)]
        if root and not strangers:
            return (*MORTAL, "bash", "-c", DAEMON, "bash", program)
        what = "pcscd: this machine allows no mount namespaces"
        if not root:
            raise SimRefused(f"{what}; allow user namespaces (kernel.unprivileged_userns_clone), or run as root")
        named = ", ".join(f"{it.vid:04X}:{it.pid:04X}" for it in strangers)
        raise SimRefused(f"{what}, and libccid does not know {named}; give the reader vid = 0x04E6, pid = 0x5116")


@asynccontextmanager
async def standing_pcsc(ground: Ground) -> AsyncIterator[PcscStack]:
    """For the kit's card readers, above their USB. Raises `SimRefused`."""
    if UMOCKDEV_DIR not in ground.environment:
        raise SimRefused(f"card reader: pcscd needs {LIBRARY} below it; install the Debian package {PACKAGE}")
    entries = [entry for entry in ground.file.devices if entry.type == "card_reader"]
    readers = [entry.identity for entry in entries if isinstance(entry.identity, UsbIdentity)]
    stack = PcscStack(ground.root, readers, ground.environment)
    ground.on_fault.append(stack.hear)
    await stack.start()
    try:
        yield stack
    finally:
        await stack.stop()


async def _works(*command: str) -> bool:
    """Whether `command` can be run and ends well."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        child = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return False
    return await child.wait() == 0
