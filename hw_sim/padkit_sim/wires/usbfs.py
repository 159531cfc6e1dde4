"""USB devices for the real libusb of an unmodified program, through umockdev's preload library; no kernel USB is needed.

The node of a device is a FIFO of one page, because libusb waits until it can be written to learn that a transfer has ended:
full is nothing to reap, empty is something to reap. (A plain file can always be written; libusb would never rest.)
"""

from __future__ import annotations

import enum
import errno
import fcntl
import os
import struct
from collections import deque
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from padkit_sim.devices.usb import HIGH_SPEED, Setup
from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.umockdev import Caller, Node, Said
from padkit_sim.wires.usb_slot import TO_HOST, Asked, Ended, Ending, UsbSlot
from padkit_sim.wires.usb_tree import USB_MAJOR, UsbDeviceTree, UsbPlace

URB = struct.Struct("=BBxxiI4xQiiiiiIQ")  # usbdevfs_urb, 64 bit: type endpoint status flags buffer length actual …
URB_STATUS, URB_ACTUAL = 4, 28  # where they are in it
SETUP = struct.Struct("<BBHHH")
CONTROL_URB = 2
F_SETPIPE_SZ = 1031
PAGE = 4096
CAPABILITIES = 0x01 | 0x04 | 0x10  # zero packet, no size limit, reap after disconnect
FULL_CODE, HIGH_CODE = 2, 3  # enum usb_device_speed
NUMBERS_A_BUS = 126  # 2 to 127
STATUS = {
    Ending.DONE: 0,
    Ending.STALLED: -errno.EPIPE,
    Ending.GONE: -errno.ESHUTDOWN,
    Ending.CANCELLED: -errno.ENOENT,
}


class Call(enum.IntEnum):
    """Number of a USBDEVFS ioctl (linux/usbdevice_fs.h)."""

    RESETEP = 3
    SETINTERFACE = 4
    SETCONFIGURATION = 5
    GETDRIVER = 8
    SUBMITURB = 10
    DISCARDURB = 11
    REAPURB = 12
    REAPURBNDELAY = 13
    CLAIMINTERFACE = 15
    RELEASEINTERFACE = 16
    IOCTL = 18
    RESET = 20
    CLEAR_HALT = 21
    GET_CAPABILITIES = 26
    DISCONNECT_CLAIM = 27
    GET_SPEED = 31


class UsbfsFace:
    """Shows slots below `root`, which is `UMOCKDEV_DIR` for the programs that are to see them."""

    def __init__(self, root: Path, events: Uevents) -> None:
        self._root = root
        self._tree = UsbDeviceTree(root)
        self._events = events
        self._numbers = count()
        self._shown: dict[UsbSlot, _Plugged] = {}
        self._nodes: list[Node] = []

    def shown(self, slot: UsbSlot) -> None:
        """See `Face.shown`."""
        number = 2 + next(self._numbers) % NUMBERS_A_BUS
        place = UsbPlace(slot.identity, slot.side.descriptors, number)
        plugged = _Plugged(slot, place, self._tree.node(place))
        plugged.socket = Node(self._root / "ioctl" / "dev" / place.node, plugged.serve)
        self._nodes.append(plugged.socket)
        self._tree.add(place)
        self._shown[slot] = plugged
        self._tell("add", place)

    def hidden(self, slot: UsbSlot) -> None:
        """See `Face.hidden`."""
        plugged = self._shown.pop(slot)
        plugged.go()
        self._tree.remove(plugged.place)
        self._tell("remove", plugged.place)

    async def end(self) -> None:
        """Leave the programs that still have a node open."""
        for node in self._nodes:
            await node.end()

    def _tell(self, action: str, place: UsbPlace) -> None:
        device = partial(
            self._events.send,
            *(action, place.devpath, "usb", "usb_device"),
            DEVNAME=f"/dev/{place.node}",
            BUSNUM=f"{place.bus:03}",
            DEVNUM=f"{place.number:03}",
            MAJOR=USB_MAJOR,
            MINOR=place.minor,
            PRODUCT=place.product,
        )
        if action == "add":
            device()
        for name in place.interfaces():
            self._events.send(action, f"{place.devpath}/{name}", "usb", "usb_interface", PRODUCT=place.product)
        if action == "remove":
            device()


class _Plugged:
    """One plugged device and its node."""

    def __init__(self, slot: UsbSlot, place: UsbPlace, path: Path) -> None:
        self.slot = slot
        self.place = place
        self.gone = False
        self.claims: dict[int, _Open] = {}
        self.socket: Node | None = None
        os.mkfifo(path, 0o666)
        self._fifo = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._fifo, F_SETPIPE_SZ, PAGE)
        self._full = False
        self._opens: set[_Open] = set()
        self.show_reapable()

    def show_reapable(self) -> None:
        """Let every libusb know whether there is something to reap; one that finds nothing for itself asks again."""
        if self._fifo < 0:
            return
        yes = self.gone or any(one.has_ended for one in self._opens)
        if yes and self._full:
            os.read(self._fifo, PAGE)
        elif not yes and not self._full:
            os.write(self._fifo, b"x" * PAGE)
        self._full = not yes

    async def serve(self, caller: Caller) -> None:
        """Answer one process that has the node open, until it closes it."""
        one = _Open(self, caller)
        self._opens.add(one)
        try:
            await one.serve()
        finally:
            self._opens.discard(one)
            one.leave()
            self.show_reapable()
            if self.gone and not self._opens:
                self._drop()

    def go(self) -> None:
        """The cable was pulled. Who has the node open hears so until he closes it."""
        self.gone = True
        self.show_reapable()
        if self.socket is not None:
            self.socket.close()
        if not self._opens:
            self._drop()

    def _drop(self) -> None:
        if self._fifo >= 0:
            os.close(self._fifo)
            self._fifo = -1


@dataclass(frozen=True, slots=True)
class _Urb:
    """A transfer as the client has it in its memory."""

    address: int
    buffer: int
    control: bool


class _Open:
    """One open() of the node."""

    def __init__(self, plugged: _Plugged, caller: Caller) -> None:
        self._plugged = plugged
        self._slot = plugged.slot
        self._caller = caller
        self._pending: dict[int, Asked] = {}
        self._ended: deque[tuple[_Urb, Ended]] = deque()

    @property
    def has_ended(self) -> bool:
        """Whether a transfer has ended that was not reaped."""
        return bool(self._ended)

    async def serve(self) -> None:
        while True:
            command, first, second = await self._caller.next()
            match command:
                case Said.IOCTL:
                    result, error = await self._ioctl(first & 0xFF, second)
                case Said.READ if not self._plugged.gone:
                    result, error = self._read(first, second)
                case _:
                    result, error = -1, errno.ENODEV if self._plugged.gone else errno.EINVAL
            self._caller.answer(result, error)

    def leave(self) -> None:
        """The node was closed: what is under way is taken back."""
        for asked in list(self._pending.values()):
            self._slot.cancel(asked)
        for interface, owner in list(self._plugged.claims.items()):
            if owner is self:
                del self._plugged.claims[interface]

    def _read(self, address: int, size: int) -> tuple[int, int]:
        place = self._plugged.place
        shown, who = place.descriptors, place.identity
        data = (shown.device(who.vid, who.pid) + shown.configuration())[:size]
        self._caller.poke(address, data)
        return len(data), 0

    async def _ioctl(self, number: int, argument: int) -> tuple[int, int]:
        """Result and errno of one ioctl."""
        if number in (Call.REAPURB, Call.REAPURBNDELAY):
            return self._reap(argument)
        if self._plugged.gone:
            return -1, errno.ENODEV
        match number:
            case Call.SUBMITURB:
                return await self._submit(argument)
            case Call.DISCARDURB:
                asked = self._pending.get(argument)
                return (0, 0) if asked is not None and self._slot.cancel(asked) else (-1, errno.EINVAL)
            case Call.CLAIMINTERFACE | Call.RELEASEINTERFACE | Call.DISCONNECT_CLAIM:
                return self._claim(number, await self._word(argument))
            case Call.CLEAR_HALT | Call.RESETEP:
                self._slot.clear_halt(await self._word(argument))
            case Call.GET_CAPABILITIES:
                self._caller.poke(argument, struct.pack("=I", CAPABILITIES))
            case Call.GET_SPEED:
                return HIGH_CODE if self._plugged.place.descriptors.speed == HIGH_SPEED else FULL_CODE, 0
            case Call.RESET:
                self._slot.halted.clear()
            case Call.SETINTERFACE | Call.SETCONFIGURATION:
                pass
            case Call.GETDRIVER | Call.IOCTL:
                return -1, errno.ENODATA  # no kernel driver is bound
            case _:
                return -1, errno.ENOTTY
        return 0, 0

    async def _word(self, address: int) -> int:
        (value,) = struct.unpack("=I", await self._caller.peek(address, 4))
        return int(value)

    def _claim(self, number: int, interface: int) -> tuple[int, int]:
        claims = self._plugged.claims
        if number == Call.RELEASEINTERFACE:
            claims.pop(interface, None)
            return 0, 0
        if claims.setdefault(interface, self) is not self:
            return -1, errno.EBUSY
        return 0, 0

    async def _submit(self, address: int) -> tuple[int, int]:
        kind, endpoint, _, _, buffer, length, *_ = URB.unpack(await self._caller.peek(address, URB.size))
        control = kind == CONTROL_URB
        sent = await self._caller.peek(buffer, length) if control or not endpoint & TO_HOST else b""
        if len(sent) != (length if control or not endpoint & TO_HOST else 0) or (control and length < SETUP.size):
            return -1, errno.EINVAL
        done = partial(self._end, _Urb(address, buffer, control))
        if control:
            setup = Setup(*SETUP.unpack_from(sent))
            data = b"" if setup.to_host else sent[SETUP.size : SETUP.size + setup.length]
            asked = Asked(0, setup.length, data, done, setup)
        else:
            asked = Asked(endpoint, length, sent, done)
        self._pending[address] = asked
        self._slot.submit(asked)
        return 0, 0

    def _end(self, urb: _Urb, ended: Ended) -> None:
        self._pending.pop(urb.address, None)
        self._ended.append((urb, ended))
        self._plugged.show_reapable()

    def _reap(self, argument: int) -> tuple[int, int]:
        if not self._ended:
            return -1, errno.ENODEV if self._plugged.gone else errno.EAGAIN
        urb, ended = self._ended.popleft()
        self._caller.poke(urb.buffer + (SETUP.size if urb.control else 0), ended.data)
        self._caller.poke(urb.address + URB_STATUS, struct.pack("=i", STATUS[ended.ending]))
        self._caller.poke(urb.address + URB_ACTUAL, struct.pack("=i", ended.count))
        self._caller.poke(argument, struct.pack("=Q", urb.address))
        self._plugged.show_reapable()
        return 0, 0
