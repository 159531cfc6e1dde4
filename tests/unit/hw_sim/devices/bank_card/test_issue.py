"""What is written on a card when it is made, against the notes' own bytes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_sim.devices.bank_card import CardData, issue, luhn_digit, numbered

ANSWERS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "pboc" / "answers.toml").read_text(encoding="utf-8"))
NOTES_CARD = CardData(pan="6228480000000000018", serial="000001", expiry="3012")


def test_the_contact_directory_is_the_one_seen_in_logs():
    assert issue.directory_fci(issue.PSE) == bytes.fromhex(ANSWERS["pse"]["fci"])
    assert issue.directory_record() == bytes.fromhex(ANSWERS["directory"]["record"])


def test_the_contactless_directory_is_the_one_of_the_notes():
    assert issue.directory_fci(issue.PPSE) == bytes.fromhex(ANSWERS["ppse"]["fci"])


def test_the_application_is_the_one_of_the_notes():
    assert issue.application_fci() == bytes.fromhex(ANSWERS["application"]["fci"])


def test_number_and_track_are_written_as_in_the_notes():
    written = b"".join(issue.records(NOTES_CARD).values())
    assert bytes.fromhex("5A0A" + ANSWERS["card"]["tag_5a"]) in written
    assert issue.track2(NOTES_CARD) == bytes.fromhex(ANSWERS["card"]["tag_57"])


def test_the_luhn_digit_of_the_notes_number_is_right():
    assert luhn_digit(NOTES_CARD.pan[:-1]) == NOTES_CARD.pan[-1]


@pytest.mark.parametrize("serial", [1, 7, 40, 123456])
def test_a_pack_gives_nineteen_digits_and_six_of_the_voucher(serial):
    data = numbered("999900", serial)
    assert (len(data.pan), data.pan[:6], data.serial) == (19, "999900", f"{serial:06d}")
    assert luhn_digit(data.pan[:-1]) == data.pan[-1]


def test_the_pdol_asks_for_as_many_bytes_as_the_card_takes():
    pdol, total, at = issue.PDOL, 0, 0
    while at < len(pdol):
        at += 2 if pdol[at] & 0x1F == 0x1F else 1
        total += pdol[at]
        at += 1
    assert total == issue.PDOL_BYTES
