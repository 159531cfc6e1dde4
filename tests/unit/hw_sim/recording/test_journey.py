"""A session with a device is recorded, scrubbed and played again; the driver finds the same, and nobody's data is left.

The simulated device stands for the real one: the recorder does not know the difference, but its first note does.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from padkit_agent.links.ble import open_peripheral
from padkit_agent.links.serial import open_serial
from padkit_back_clip.driver import SamReader
from padkit_back_clip.plugin import padkit_drivers
from padkit_card_dispenser.driver import open_driver
from padkit_sdk import Ble, DriverContext, UsbSerial
from padkit_sdk.conformance.record import flaws
from padkit_sdk.errors import PadkitError
from padkit_sdk.ports import Slot
from padkit_sim.hil import KitJournal, NotHeard
from padkit_sim.kitfile import find_kit_file, load, parse
from padkit_sim.recording import RULES, Recorder, RecordingWriter, Wanted
from padkit_sim.recording.recorder import source_of
from padkit_sim.run import Options, standing

T = 20.0
FAST = 100.0
BAUD = {"card_dispenser": 38_400, "identity_reader": 115_200}
NODE = {"card_dispenser": "ttyUSB0", "identity_reader": "ttyUSB1"}
SELECT = b"\x00\xa4\x04\x00\x0e1PAY.SYS.DDF01"
DEBIT = bytes.fromhex("00A4040008A000000333010101")
RECORD = bytes.fromhex("00B2010C00")


def context(name):
    return DriverContext(name, time.monotonic, lambda event: None, {})


async def box_session(link):
    """One card from the hopper to the bin, its chip read; everything that the driver saw."""
    box = await open_driver(link, context("box"))
    seen = [await box.prepare(timeout_s=T), await box.identify(timeout_s=T), await box.stage(timeout_s=T)]
    seen.append(await box.power_on(timeout_s=T))
    seen.append(await box.transmit(SELECT, timeout_s=T))
    await box.transmit(DEBIT, timeout_s=T)
    number = await box.transmit(RECORD, timeout_s=T)
    await box.power_off(timeout_s=T)
    seen.append(await box.move(Slot.BIN, timeout_s=T))
    await box.close()
    return seen, number


async def reader_session(link):
    """One card read, with fingerprints."""
    reader = SamReader(link, context("reader"))
    seen = [await reader.module_number(timeout_s=T)]
    card = await reader.read(fingerprint=True, timeout_s=T)
    await reader.close()
    return [*seen, card.kind, len(card.fingerprint.data), len(card.photo.data), card.long_term], card


SESSIONS = {"card_dispenser": box_session, "identity_reader": reader_session}


@pytest.fixture
async def record(tmp_path):
    """Record a session with a device of the simulated kit; gives what the driver saw, and the file."""

    async def record(kind):
        out, link = tmp_path / f"{kind}.jsonl", tmp_path / "real"
        file = parse(
            find_kit_file("demo").read_text().replace('# on_reader = "test_a"', 'on_reader = "test_b"'), "demo"
        )
        async with standing(file, Options(speed=FAST), time.monotonic) as environment:
            device = Path(environment["PADKIT_DEV"]) / NODE[kind]
            with out.open("wb") as lines:
                writer = RecordingWriter(kind, source_of(device), RULES[kind], lines, time.monotonic)
                recorder = Recorder(Wanted(device, link), writer)
                recorder.open()
                try:
                    seen = await SESSIONS[kind](await open_serial(UsbSerial(1, 2, BAUD[kind]), link))
                finally:
                    recorder.close()
                    writer.close()
        assert not link.exists()
        return seen, out

    return record


@pytest.fixture
async def replay(tmp_path):
    """Play a recording to a session, or to another one."""

    async def replay(kind, out, session=None):
        kit = tmp_path / "replay.toml"
        kit.write_text(f'[kit]\nname = "replay"\n[[device]]\nid = "it"\ntype = "recording"\nfile = "{out.name}"\n')
        journal = tmp_path / "replay.jsonl"
        async with standing(load(kit), Options(speed=FAST, journal=journal), time.monotonic) as environment:
            node = Path(environment["PADKIT_DEV"]) / "ttyUSB9"
            return await (session or SESSIONS[kind])(await open_serial(UsbSerial(1, 2, BAUD[kind]), node))

    return replay


async def test_a_card_box_is_played_again_and_its_cards_are_nobodys(record, replay, tmp_path):
    (seen, number), out = await record("card_dispenser")
    (again, instead) = await replay("card_dispenser", out)
    assert again == seen
    assert len(instead) == len(number)
    assert instead != number
    pan = number[number.index(b"\x57\x13") + 2 :][:9]
    said = out.read_text()
    assert pan.hex(" ").upper() not in said
    assert "recording of card_dispenser (simulated line): pty; scrubbed" in said
    assert "recording ends" in said


async def test_an_identity_reader_is_played_again_and_its_person_is_nobody(record, replay):
    (seen, card), out = await record("identity_reader")
    (again, nobody) = await replay("identity_reader", out)
    assert again == seen
    assert flaws(nobody) == []
    assert nobody.name.text == "测试无名"
    assert nobody.number.text != card.number.text
    said = out.read_text()
    for secret in (card.name.text.encode("utf-16-le"), card.number.text.encode("utf-16-le"), card.photo.data[100:120]):
        assert secret.hex(" ").upper() not in said
    assert card.fingerprint.data[100:120].hex(" ").upper() not in said


async def test_a_recording_of_a_line_is_played_over_bluetooth(record, tmp_path, monkeypatch):
    (seen, _), out = await record("identity_reader")
    kit = tmp_path / "air.toml"
    wire = 'wire = { kind = "ble", address = "C0:FF:EE:00:00:09" }'
    kit.write_text(f'[kit]\nname = "air"\n[[device]]\nid = "it"\ntype = "recording"\nfile = "{out.name}"\n{wire}\n')
    async with standing(load(kit), Options(speed=FAST), time.monotonic) as environment:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", environment["DBUS_SYSTEM_BUS_ADDRESS"])
        match = next(it for offer in padkit_drivers() for it in offer.matches if isinstance(it, Ble))
        again, nobody = await reader_session(await open_peripheral(match, Path("C0:FF:EE:00:00:09")))
    assert again == seen
    assert nobody.name.text == "测试无名"


async def test_a_driver_that_does_otherwise_is_told_at_once(record, replay, tmp_path):
    _, out = await record("identity_reader")

    async def other(link):
        reader = SamReader(link, context("reader"))
        with pytest.raises(PadkitError):
            await reader.read(fingerprint=False, timeout_s=1.0)
        await reader.close()

    await replay("identity_reader", out, other)
    journal = KitJournal(tmp_path / "replay.jsonl")
    with pytest.raises(NotHeard, match=r"it: recording mismatch: at record \d+, byte \d+: "):
        journal.expect("it", "00 11 22 33 44", timeout_s=T)
