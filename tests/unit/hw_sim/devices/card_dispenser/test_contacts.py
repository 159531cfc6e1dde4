"""The contact couplers: chip, SAM sockets, memory-card commands."""

from __future__ import annotations

import pytest

SELECT_PSE = bytes.fromhex("00A404000E315041592E5359532E4444463031")
SELECT_DEBIT = bytes.fromhex("00A4040008A000000333010101")
READ_DIRECTORY = bytes.fromhex("00B2010C00")
ATR = bytes.fromhex("3B6D00000080318065B0893501F183")


@pytest.fixture
def chip(bench):
    """A staged card under power."""
    bench.staged()
    assert bench.ask(0x51, 0x30).data == b"\x30" + ATR
    return bench


def test_the_type_of_a_good_card_is_t0(bench):
    assert bench.staged().ask(0x50, 0x30).data == b"10"


def test_without_a_card_on_the_contacts_nothing_is_found(bench):
    bench.ready()
    assert bench.ask(0x50, 0x30).code == "02"
    assert bench.ask(0x51, 0x30).code == "02"


@pytest.mark.parametrize("supply", [b"\x30", b"\x33", b"\x35"])
def test_each_supply_is_accepted(bench, supply):
    assert bench.staged().ask(0x51, 0x30, supply).data[1:] == ATR


def test_an_unknown_supply_is_refused(bench):
    assert bench.staged().ask(0x51, 0x30, b"\x31").code == "04"


def test_power_can_be_seen_and_taken(chip):
    assert chip.ask(0x51, 0x32).data == b"1"
    assert chip.ask(0x51, 0x31).code == ""
    assert chip.ask(0x51, 0x32).data == b"0"
    assert chip.ask(0x51, 0x39, SELECT_PSE).code == "65"
    assert chip.ask(0x51, 0x34, SELECT_PSE).code == "65"


def test_a_warm_reset_needs_power_and_forgets_the_selection(chip):
    chip.ask(0x51, 0x39, SELECT_PSE)
    assert chip.ask(0x51, 0x38).data[1:] == ATR
    assert chip.ask(0x51, 0x39, READ_DIRECTORY).data == bytes.fromhex("6985")
    chip.ask(0x51, 0x31)
    assert chip.ask(0x51, 0x38).code == "65"
    assert chip.ask(0x51, 0x38, b"0").code == "04"


def test_raw_t0_hands_the_61_up(chip):
    first = chip.ask(0x51, 0x33, SELECT_DEBIT).data
    assert first[0] == 0x61
    answer = chip.ask(0x51, 0x33, b"\x00\xc0\x00\x00" + first[1:]).data
    assert (answer[0], answer[-2:]) == (0x6F, b"\x90\x00")
    assert len(answer) == first[1] + 2


def test_raw_t0_hands_the_6c_up(chip):
    chip.ask(0x51, 0x39, SELECT_PSE)
    first = chip.ask(0x51, 0x33, READ_DIRECTORY).data
    assert first[0] == 0x6C
    answer = chip.ask(0x51, 0x33, READ_DIRECTORY[:4] + first[1:]).data
    assert (answer[0], answer[-2:]) == (0x70, b"\x90\x00")


def test_the_automatic_exchange_follows_61_and_6c_by_itself(chip):
    assert chip.ask(0x51, 0x39, SELECT_PSE).data[:1] == b"\x6f"
    assert chip.ask(0x51, 0x39, READ_DIRECTORY).data[:1] == b"\x70"


def test_a_t0_card_speaks_no_t1(chip):
    assert chip.ask(0x51, 0x34, SELECT_PSE).code == "62"


@pytest.mark.parametrize("apdu", [b"\x00\xa4\x04", bytes(262)])
def test_an_apdu_of_impossible_length_is_bad_data(chip, apdu):
    assert chip.ask(0x51, 0x39, apdu).code == "04"


def test_a_sam_is_in_the_first_socket_only(bench):
    bench.ready()
    assert bench.ask(0x52, 0x32).data == b"\x30\x30"
    assert bench.ask(0x52, 0x30).data[:1] == b"\x30"
    assert bench.ask(0x52, 0x32).data == b"\x31\x30"
    assert bench.ask(0x52, 0x39, SELECT_PSE).data == bytes.fromhex("6D00")
    assert bench.ask(0x52, 0x39, b"").code == "04"
    bench.ask(0x52, 0x40, b"\x31")
    assert bench.ask(0x52, 0x30).code == "61"
    assert bench.ask(0x52, 0x39, SELECT_PSE).code == "65"
    assert bench.ask(0x52, 0x31).code == ""


@pytest.mark.parametrize("slot", [b"", b"\x35", b"\x30\x30"])
def test_there_are_five_sam_sockets(bench, slot):
    assert bench.ready().ask(0x52, 0x40, slot).code == "04"


@pytest.mark.parametrize("cm", [0x53, 0x54])
def test_a_processor_card_is_no_memory_card(bench, cm):
    bench.staged()
    assert bench.ask(cm, 0x30).code == "61"
    assert bench.ask(cm, 0x31).code == ""
    assert bench.ask(cm, 0x32).data == b"0"
    assert bench.ask(cm, 0x33).code == "65"
    assert bench.ask(cm, 0x34).code == "65"
