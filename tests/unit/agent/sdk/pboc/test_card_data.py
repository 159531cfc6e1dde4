from __future__ import annotations

import pytest

from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.pboc.card_data import EXPIRY, PAN, SEQUENCE, TRACK2, CardData, card_data

AID = bytes.fromhex("A000000333010101")


@pytest.fixture
def objects(answers) -> dict[int, bytes]:
    number, track2 = (bytes.fromhex(answers["card"][name]) for name in ("tag_5a", "tag_57"))
    return {PAN: number, TRACK2: track2, EXPIRY: bytes.fromhex("301231"), SEQUENCE: b"\x01", 0x9F63: b"product"}


def make(objects, bins=()) -> CardData:
    return card_data(AID, "PBOC DEBIT", objects, bins)


def test_the_card_of_the_notes_is_understood(objects, answers):
    card = make(objects, bins=("622848",))
    assert card.pan.digits == answers["card"]["pan"]
    assert card.track2.text == answers["card"]["track2"]
    assert (card.expiry.text, card.service_code, card.sequence) == ("3012", "201", "01")
    assert (card.aid, card.label) == ("A000000333010101", "PBOC DEBIT")
    assert [(field.tag, field.value.data) for field in card.raw] == [("9F63", b"product")]


def test_nothing_secret_is_printed(objects, answers):
    shown = repr(make(objects))
    assert "3012" not in shown
    assert answers["card"]["pan"][:15] not in shown
    assert "product" not in shown


def test_a_number_on_the_track_alone_is_enough(objects, answers):
    del objects[PAN], objects[EXPIRY], objects[SEQUENCE]
    card = make(objects)
    assert (card.pan.digits, card.expiry.text, card.sequence) == (answers["card"]["pan"], "3012", "")


def test_a_number_without_track_is_enough(objects, answers):
    del objects[TRACK2]
    card = make(objects)
    assert (card.pan.digits, card.track2.text, card.service_code) == (answers["card"]["pan"], "", "")


def test_a_card_with_neither_expiry_nor_track_has_none(objects):
    del objects[TRACK2], objects[EXPIRY]
    assert make(objects).expiry.text == ""


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({PAN: None, TRACK2: None}, "chip.no_pan"),
        ({PAN: "6228480000000000026F"}, "chip.pan_mismatch"),
        ({PAN: "6228480000000000019F", TRACK2: None}, "chip.pan_check"),
    ],
)
def test_a_number_that_fails_a_check_is_a_fault(change, fault, objects):
    for tag, value in change.items():
        if value is None:
            del objects[tag]
        else:
            objects[tag] = bytes.fromhex(value)
    with pytest.raises(DeviceFault) as refused:
        make(objects)
    assert refused.value.fault == fault
    assert "622848" not in str(refused.value)


def test_a_number_of_another_issuer_is_a_fault(objects):
    with pytest.raises(DeviceFault) as refused:
        make(objects, bins=("621700",))
    assert refused.value.fault == "chip.bin"


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (PAN, "62284800"),
        (PAN, "62A8480000000000018F"),
        (PAN, "FFFF"),
        (TRACK2, "622848000000000001"),
        (TRACK2, "6228480000000000018D3013201F"),
        (TRACK2, "6228480000000000018D3012"),
        (EXPIRY, "301331"),
        (EXPIRY, "30123A"),
        (EXPIRY, "3012"),
    ],
)
def test_data_of_no_sense_is_refused_without_showing_it(tag, value, objects):
    objects[tag] = bytes.fromhex(value)
    with pytest.raises(BadFrame) as refused:
        make(objects)
    assert refused.value.frame == b""
    assert "622848" not in str(refused.value)
