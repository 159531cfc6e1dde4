from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from padkit_agent.core import events as ev
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.readerhand import NOTHING, fields, read_identity
from padkit_contract.crypto import sm3
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.ports import DocumentKind
from padkit_sdk.secrets import HiddenText

from .devices import IDENTITY, FakeBox, FakeDevices, FakeReader
from .kit import QuickTime

TIME = QuickTime()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader([])


@pytest.fixture
def devices(reader: FakeReader) -> Any:
    return FakeDevices(FakeBox([]), reader)


async def test_a_card_becomes_catalogue_fields_and_a_digest_of_its_record(devices: Any) -> None:
    caught: list[Caught] = []
    event, photo = await read_identity(devices, "F1", TIME.clock, caught)
    assert isinstance(event, ev.IdentityRead)
    assert [(it.type, it.device, it.data) for it in caught] == [
        ("id_chip", "reader", IDENTITY.raw_text),
        ("id_chip_photo", "reader", photo),
    ]
    assert event.fields["name"] == "欧阳测试"
    assert (event.module_number, event.at_s) == ("05.01-TEST", TIME.now_s)
    assert event.digest == sm3(bytes(256)).hex()
    assert devices.holders == {}


def test_names_are_never_corrected() -> None:
    card = replace(IDENTITY, name=HiddenText("阿凡提·\ue000 "), long_term=False, valid_to="2040-01-01")
    assert fields(card)["name"] == "阿凡提·\ue000 "
    assert (fields(card)["cert_end"], fields(IDENTITY)["cert_end"]) == ("2040-01-01", "长期")


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (AskAgain("idcard.removed"), ev.TryAgain("idcard.removed")),
        (DeviceFault("idcard.record"), ev.TryAgain("idcard.record")),
        (BadFrame("checksum"), ev.TryAgain("checksum")),
        (LinkLost("gone"), ev.DeviceAway("reader", "gone")),
        (OutcomeUnknown("worker died"), ev.DeviceAway("reader", "worker died")),
        (Refused("device.quarantined"), ev.DeviceAway("reader", "device.quarantined")),
    ],
)
async def test_every_error_becomes_an_event(devices: Any, reader: FakeReader, error: PadkitError, event: Any) -> None:
    reader.woes = [error]
    assert await read_identity(devices, "F1", TIME.clock, []) == (event, NOTHING)


async def test_a_card_of_another_kind_is_asked_for_again(devices: Any, reader: FakeReader) -> None:
    reader.card = replace(IDENTITY, kind=DocumentKind.HMT_PERMIT)
    assert await read_identity(devices, "F1", TIME.clock, []) == (ev.TryAgain("idcard.kind"), NOTHING)


async def test_a_reader_that_another_holds_is_waited_for(devices: Any) -> None:
    devices.holders["reader"] = "F0"
    event, _ = await read_identity(devices, "F1", TIME.clock, [])
    assert event == ev.DeviceAway("reader", "reader is held by F0")
