"""A private D-Bus daemon with our ``org.bluez`` on it, for the kits that have something on Bluetooth LE."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.mortal import MORTAL
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import BleIdentity
from padkit_sim.wires.bluez import Bluez
from padkit_sim.wires.bluez_wire import BleWire

DBUS_DAEMON = "dbus-daemon"
READY_S, GOODBYE_S = 5.0, 2.0
LOG_SHOWN = 300
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class BluezStack:
    """See `Stack`: the daemon and the service on it."""

    def __init__(self, root: Path) -> None:
        self._config = root / "dbus.conf"
        self._socket = root / "dbus"
        self._log = root / "dbus.log"
        self._daemon: asyncio.subprocess.Process | None = None
        self.bluez = Bluez()

    @property
    def address(self) -> str:
        """Where the bus is."""
        return f"unix:path={self._socket}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.address}

    def wire_for(self, entry: DeviceEntry) -> BleWire:
        assert isinstance(entry.identity, BleIdentity)
        return BleWire(self.bluez, entry.identity)

    async def start(self) -> None:
        """Be there. Raises `SimRefused`."""
        self._config.write_text(CONFIG.format(socket=escape(str(self._socket))), encoding="utf-8")
        if shutil.which(DBUS_DAEMON) is None:
            raise SimRefused("dbus-daemon: command not found; install the Debian package dbus-daemon")
        told_where = (f"--config-file={self._config}", "--nofork", "--nopidfile", "--print-address=1")
        try:
            with self._log.open("wb") as log:  # it complains of limits that do not matter here
                self._daemon = await asyncio.create_subprocess_exec(
                    *MORTAL,
                    DBUS_DAEMON,
                    *told_where,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                )
        except OSError as exc:
            raise SimRefused(f"dbus-daemon: setpriv: {exc.strerror}; install the Debian package util-linux") from exc
        assert self._daemon.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                said = await self._daemon.stdout.readline()
        except TimeoutError:
            said = b""
        if not said:
            await self.stop()
            told = self._log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:].strip()
            raise SimRefused(f"dbus-daemon does not start on {self._socket}: {told or 'it says nothing'}; see to it")
        await self.bluez.connect(self.address)

    async def stop(self) -> None:
        """Be gone; `start` brings it back at the same address."""
        await self.bluez.close()
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return
        if daemon.returncode is None:
            daemon.terminate()
        try:
            async with asyncio.timeout(GOODBYE_S):
                await daemon.wait()
        except TimeoutError:
            daemon.kill()
            await daemon.wait()
        self._socket.unlink(missing_ok=True)


@asynccontextmanager
async def standing_bluez(ground: Ground) -> AsyncIterator[BluezStack]:
    """Needs the Debian package dbus-daemon. Raises `SimRefused`."""
    stack = BluezStack(ground.root)
    try:
        await stack.start()
        yield stack
    finally:
        await stack.stop()
