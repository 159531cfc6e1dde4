"""What a kit file can say, table by table, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from padkit_sim.devices.bank_card import CardData, numbered
from padkit_sim.devices.card_dispenser import BoxSettings
from padkit_sim.devices.card_dispenser.unit import Labels
from padkit_sim.devices.identity_reader import ReaderSettings
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.kitfile.people import person
from padkit_sim.kitfile.table import Table
from padkit_sim.vocabulary import BOX_FAULTS, READER_FAULTS, VOCABULARY
from padkit_sim.wires import UsbIdentity

BOX_TYPE = "card_dispenser"
READER_TYPE = "identity_reader"
MAX_CARDS = 10_000
ASCII = r"[\x20-\x7E]{1,18}"
IDENTITIES = {
    BOX_TYPE: UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card dispenser box"),
    READER_TYPE: UsbIdentity("ttyUSB1", "1-4", 0x1209, 0x1DCA, "CLIP-0001", "Back-clip"),
}


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One device of the kit: what it is, and how it shows on USB."""

    id: str
    settings: BoxSettings | ReaderSettings
    identity: UsbIdentity
    paced: bool

    @property
    def type(self) -> str:
        """As the kit file calls it."""
        return BOX_TYPE if isinstance(self.settings, BoxSettings) else READER_TYPE

    @property
    def faults(self) -> frozenset[str]:
        """Names of the faults it can have."""
        return BOX_FAULTS if isinstance(self.settings, BoxSettings) else READER_FAULTS


@dataclass(frozen=True, slots=True)
class KitFile:
    """A whole kit."""

    name: str
    seed: int
    speed: float
    devices: tuple[DeviceEntry, ...]
    faults: tuple[FaultRequest, ...]


def kit(root: Table) -> KitFile:
    """The whole file. Raises `SimRefused`."""
    head = root.table("kit")
    name = head.text("name", pattern=r"[A-Za-z0-9_-]+", means="a short name of letters, digits, - and _")
    seed, speed = head.whole("seed", 0), head.number("speed", 1.0, above=True)
    head.end()
    devices = tuple(_devices(root))
    faults = tuple(_fault(table, devices) for table in root.tables("fault"))
    root.end()
    return KitFile(name, seed, speed, devices, faults)


def _devices(root: Table) -> Iterator[DeviceEntry]:
    ids: set[str] = set()
    ports: set[str] = set()
    for table in root.tables("device"):
        entry = _device(table)
        if entry.id in ids:
            table.refuse("id", "another device has this id; give each its own")
        wire = table.table("wire")
        for key, value in (("name", entry.identity.name), ("location", entry.identity.location)):
            if value in ports:
                wire.refuse(key, f"another device is at {value}; give each its own")
        ids.add(entry.id)
        ports |= {entry.identity.name, entry.identity.location}
        yield entry


def _device(table: Table) -> DeviceEntry:
    name = table.text("id", pattern=r"[a-z][a-z0-9_]*", means="a short name of a-z, 0-9 and _")
    kind = table.choice("type", tuple(IDENTITIES))
    identity, paced = _wire(table.table("wire"), IDENTITIES[kind])
    settings = _box(table) if kind == BOX_TYPE else _reader(table)
    table.end()
    return DeviceEntry(name, settings, identity, paced)


def _wire(table: Table, usual: UsbIdentity) -> tuple[UsbIdentity, bool]:
    table.choice("kind", ("tty",), "tty")
    identity = UsbIdentity(
        name=table.text("name", usual.name, pattern=r"tty[A-Za-z]+[0-9]+", means="a tty name such as ttyUSB0"),
        location=table.text(
            "location", usual.location, pattern=r"[0-9]+-[0-9]+(\.[0-9]+)*", means="a USB port such as 1-3 or 1-3.2"
        ),
        vid=table.whole("vid", usual.vid, most=0xFFFF),
        pid=table.whole("pid", usual.pid, most=0xFFFF),
        serial=table.text("serial", usual.serial),
        product=table.text("product", usual.product),
        manufacturer=table.text("manufacturer", usual.manufacturer),
    )
    paced = table.flag("paced", default=False)
    table.end()
    return identity, paced


def _box(table: Table) -> BoxSettings:
    usual, labels = BoxSettings(), Labels()
    return BoxSettings(
        cards=tuple(card for slot in table.tables("slots") for card in _pack(slot)),
        address=table.whole("address", usual.address, most=15),
        low_at=table.whole("low_at", usual.low_at),
        bin_capacity=table.whole("bin_capacity", usual.bin_capacity, least=1),
        bin_counter_survives=table.flag("bin_counter_survives", default=usual.bin_counter_survives),
        take_after_s=table.number("take_after_s") if table.has("take_after_s") else None,
        labels=replace(
            labels,
            firmware=table.text("firmware", labels.firmware, pattern=ASCII, means="1 to 18 ASCII characters"),
            serial=table.text("unit_serial", labels.serial, pattern=ASCII, means="1 to 18 ASCII characters"),
        ),
    )


def _pack(slot: Table) -> list[CardData]:
    """One pack of blanks: consecutive voucher serials, numbers with check digits."""
    issuer_bin = slot.text("bin", pattern=r"[0-9]{6,8}", means='6 to 8 digits in quotes, such as "999900"')
    count = slot.whole("count", least=1, most=MAX_CARDS)
    first = slot.whole("first_serial", 1, least=1)
    expiry = slot.text("expiry", "3012", pattern=r"[0-9]{2}(0[1-9]|1[0-2])", means="YYMM")
    slot.end()
    return [numbered(issuer_bin, serial, expiry=expiry) for serial in range(first, first + count)]


def _reader(table: Table) -> ReaderSettings:
    people = tuple(person(one) for one in table.tables("person"))
    on_reader = table.text("on_reader", "")
    if on_reader and on_reader not in {one.id for one in people}:
        table.refuse(
            "on_reader", f"give the id of a person, or leave it out; there are {', '.join(p.id for p in people)}"
        )
    return ReaderSettings(
        people=people,
        on_reader=on_reader,
        latch=table.flag("latch", default=True),
        old_module=table.flag("old_module", default=False),
    )


def _fault(table: Table, devices: tuple[DeviceEntry, ...]) -> FaultRequest:
    on, do = table.table("on"), table.table("do")
    name = do.choice("fault", tuple(VOCABULARY))
    request = FaultRequest(
        name=name,
        args=do.rest(),
        nth=on.whole("nth", 1, least=1),
        chance=table.number("chance") if table.has("chance") else None,
        times=on.whole("times", 1),
        device=on.choice("device", tuple(entry.id for entry in devices)) if on.has("device") else "",
    )
    on.end()
    table.end()
    trial = FaultBook(VOCABULARY, {entry.id: entry.faults for entry in devices}, seed=0)
    table.guarded("do", lambda: trial.arm(request))
    return request
