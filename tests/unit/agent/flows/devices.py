"""A box and a reader as the ports say, in memory, behind the door that flows know (`padkit_agent.devices.Devices`)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from padkit_sdk.errors import DeviceFault, LinkLost, Refused
from padkit_sdk.ports import (
    AnswerToReset,
    BoxStatus,
    Capability,
    CardPlace,
    CardProtocol,
    DeviceIdentity,
    DocumentKind,
    HopperLevel,
    IdentityCard,
    Slot,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber
from padkit_sim.devices.bank_card import BankCard, CardSilent, numbered

IDENTITY = IdentityCard(
    kind=DocumentKind.RESIDENT,
    name=HiddenText("欧阳测试"),
    number=IdNumber("11010519491231002X"),
    sex="1",
    nation="01",
    birth_date="1949-12-31",
    address=HiddenText("虚构省样例市测试路1号"),
    issuer="样例市公安局",
    valid_from="2020-01-01",
    valid_to="",
    long_term=True,
    raw_text=HiddenBytes(bytes(256)),
    photo=HiddenBytes(bytes(1024)),
    fingerprint=HiddenBytes(b""),
    module_number="05.01-TEST",
)


class FakeBox:
    """One card dispenser with a chip station. `woes` are raised, one a call, instead of the call of that name."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.hopper = [BankCard(numbered("622000", number)) for number in range(1, 6)]
        self.card: BankCard | None = None
        self.at_gate = False
        self.bin: list[BankCard] = []
        self.hand: list[BankCard] = []
        self.count: int | None = 3
        self.ready = True
        self.takes = True
        self.woes: dict[str, list[Exception | None]] = defaultdict(list)
        self.looks: list[BoxStatus] = []  # what the next looks show, instead of the truth
        self.gates: dict[str, asyncio.Event] = {}  # a call waits here until the test opens it
        self.able = frozenset(Capability) - {Capability.EJECT}

    async def _call(self, name: str) -> None:
        if name != "status":
            self.log.append(f"act {name}")
        if gate := self.gates.get(name):
            await gate.wait()
        woe = self.woes[name].pop(0) if self.woes[name] else None
        if woe is not None:
            raise woe

    def _status(self) -> BoxStatus:
        place = CardPlace.NONE if self.card is None else CardPlace.GATE if self.at_gate else CardPlace.INSIDE
        level = HopperLevel.ENOUGH if self.hopper else HopperLevel.EMPTY
        return BoxStatus(place, level, bin_full=False, bin_count=self.count, ready=self.ready)

    async def capabilities(self) -> frozenset[Capability]:
        return self.able

    async def status(self, *, timeout_s: float) -> BoxStatus:
        await self._call("status")
        if self.looks:
            return self.looks.pop(0)
        status = self._status()
        if self.at_gate and self.takes and self.card is not None:
            self.hand.append(self.card)
            self.card, self.at_gate = None, False
        return status

    async def prepare(self, *, timeout_s: float) -> BoxStatus:
        await self._call("prepare")
        self.ready = True
        return self._status()

    async def stage(self, *, timeout_s: float) -> BoxStatus:
        await self._call("stage")
        self.card = self.hopper.pop(0)
        return self._status()

    async def move(self, to: Slot, *, timeout_s: float) -> BoxStatus:
        await self._call(f"move {to.value}")
        if self.card is None:
            raise Refused("box.no_card")
        if to is Slot.BIN:
            self.bin.append(self.card)
            self.card, self.at_gate = None, False
            self.count = None if self.count is None else self.count + 1
        self.at_gate = to is Slot.GATE
        return self._status()

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        await self._call("chip")
        try:
            return AnswerToReset(CardProtocol.T0, self._inside().reset())
        except CardSilent:
            raise DeviceFault("chip.mute") from None

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        return self._inside().transmit(command)

    async def power_off(self, *, timeout_s: float) -> None:
        return None

    def _inside(self) -> BankCard:
        if self.card is None:
            raise DeviceFault("chip.absent")
        return self.card


class FakeReader:
    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.woes: list[Exception] = []
        self.card = IDENTITY

    async def read(self, *, fingerprint: bool, timeout_s: float) -> IdentityCard:
        self.log.append("act read")
        if self.woes:
            raise self.woes.pop(0)
        return self.card


class FakeLease:
    identity: DeviceIdentity | None = None

    def __init__(self, name: str, device: Any) -> None:
        self.name = name
        self.live = True
        self._device = device

    def has(self, port: Callable[..., object]) -> bool:
        return True

    def port(self, port: Callable[..., Any]) -> Any:
        self._check()
        return self._device

    def renew(self, ttl_s: float) -> None:
        self._check()

    def _check(self) -> None:
        if not self.live:
            raise Refused("lease.ended", f"{self.name}: the lease is over; take a new one")


class FakeDevices:
    """`away` names devices that are not ready; `holders` says who holds what. A lease dies with the task that took it."""

    def __init__(self, box: FakeBox, reader: FakeReader) -> None:
        self._devices: dict[str, Any] = {"box": box, "reader": reader}
        self.holders: dict[str, str] = {}
        self.away: dict[str, asyncio.Event] = {}
        self.waits: list[tuple[str, float]] = []
        self._leases: dict[str, FakeLease] = {}

    @asynccontextmanager
    async def lease(self, device: str, *, owner: str, purpose: str, ttl_s: float) -> AsyncIterator[FakeLease]:
        if device in self.holders:
            raise Refused("lease.held", f"{device} is held by {self.holders[device]}")
        self.holders[device] = owner
        lease = self._leases[device] = FakeLease(device, self._devices[device])
        holder = asyncio.current_task()
        assert holder is not None
        holder.add_done_callback(lambda _: self.end_lease(device, lease))
        try:
            yield lease
        finally:
            self.end_lease(device, lease)

    def end_lease(self, device: str, lease: FakeLease | None = None) -> None:
        """End this lease, or the one that is held: its time is over."""
        lease = lease or self._leases[device]
        if lease.live:
            lease.live = False
            del self.holders[device]

    async def wait_ready(self, device: str, timeout_s: float) -> None:
        self.waits.append((device, timeout_s))
        if device in self.away:
            if timeout_s < 10:
                raise LinkLost(f"{device}: absent")
            await self.away.pop(device).wait()

    def list(self) -> tuple[Any, ...]:
        return ()
