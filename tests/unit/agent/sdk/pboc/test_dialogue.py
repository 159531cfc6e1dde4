from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.pboc import CardData, Directory, Terminal, reading

PSE = "00A404000E315041592E5359532E4444463031"
SELECTS = [f"00A4040008A0000003330101{kind}" for kind in ("01", "02", "03", "06")]
GPO = "80A80000"


@pytest.fixture
def read(card, converse, terminal):
    def run(**options) -> CardData:
        return converse(reading(terminal, **options), card)

    return run


def fault_of(read) -> DeviceFault:
    with pytest.raises(DeviceFault) as refused:
        read()
    return refused.value


def test_a_card_is_read_from_directory_to_records(read, card, answers):
    data = read(bins=("622848",))
    assert data.pan.digits == answers["card"]["pan"]
    assert data.track2.text == answers["card"]["track2"]
    assert (data.expiry.text, data.sequence, data.label) == ("3012", "01", "PBOC DEBIT")
    assert [(field.tag, field.value.data.hex()) for field in data.raw] == [
        ("82", "7c00"),
        ("94", "1001020018010101"),
        ("9F63", "313233"),
    ]
    assert [command[:8] for command in card.commands] == [
        "00A40400",
        "00B2010C",
        "00B2020C",
        "00A40400",
        "80A80000",
        "00B20114",
        "00B20214",
        "00B2011C",
    ]


def test_the_pdol_gets_day_and_random_number(read, card):
    read()
    (gpo,) = [command for command in card.commands if command.startswith(GPO)]
    assert gpo.endswith("2603070001020304" + "00")
    assert gpo.startswith("80A80000238321")


def test_a_card_without_pdol_gets_an_empty_one(read, card, build):
    card.says(SELECTS[0], build("6F", build("84", "A000000333010101"), build("A5", build("50", "4142"))) + "9000")
    assert read().label == "AB"
    assert "80A8000002830000" in card.commands


def test_options_in_format_77_are_understood(read, card, build, answers):
    inside = (build("82", "7C00"), build("94", "10010200"), build("5F24", "301231"))
    card.says(GPO, build("77", *inside) + "9000")
    assert read().expiry.text == "3012"


def test_options_in_format_77_may_hold_everything(read, card, build, answers):
    card.says(GPO, build("77", build("82", "7C00"), build("57", answers["card"]["tag_57"])) + "9000")
    assert read().pan.digits == answers["card"]["pan"]


def test_the_contactless_directory_is_asked_when_wanted(read, card, answers):
    card.says("00A404000E325041592E5359532E4444463031", answers["ppse"]["fci"] + "9000")
    read(directory=Directory.PPSE)
    assert card.commands[0].startswith("00A404000E32")


def test_without_directory_the_next_application_is_tried(read, card):
    card.hush(PSE).says(SELECTS[1], card.answers[SELECTS[0]]).hush(SELECTS[0])
    assert read().aid == "A000000333010102"


def test_an_application_that_refuses_to_open_gives_way_to_the_next(read, card):
    card.says(SELECTS[2], card.answers[SELECTS[0]])
    opened = iter(["6985", card.answers[GPO]])
    plain = card.answer

    def answer(command: bytes) -> bytes:
        if command.hex().upper().startswith(GPO):
            card.says(GPO, next(opened))
        return plain(command)

    card.answer = answer
    assert read().aid == "A000000333010103"


@pytest.mark.parametrize("status", ["6A82", "6A86", "6D00"])
def test_a_card_without_our_application_is_a_fault(status, read, card):
    for command in (PSE, *SELECTS):
        card.says(command, status)
    fault = fault_of(read)
    assert (fault.fault, fault.raw) == ("chip.no_application", status)


def test_a_blocked_application_is_a_fault(read, card):
    card.says(SELECTS[0], "6283")
    fault = fault_of(read)
    assert (fault.fault, fault.raw) == ("chip.app_blocked", "6283")


def test_a_blocked_card_is_a_fault(read, card):
    for command in (PSE, *SELECTS):
        card.says(command, "6A81")
    assert fault_of(read).fault == "chip.card_blocked"


def test_a_card_whose_only_application_refuses_is_a_fault(read, card):
    card.says(GPO, "6985")
    assert fault_of(read).fault == "chip.refused"


@pytest.mark.parametrize("status", ["6A81", "6984", "9401"])
def test_another_refusal_to_open_is_a_fault_with_its_code(status, read, card):
    card.says(GPO, status)
    fault = fault_of(read)
    assert (fault.fault, fault.raw) == ("chip.refused", status)


def test_a_record_that_is_not_there_is_a_fault_with_its_code(read, card):
    card.says("00B20214", "6A83")
    fault = fault_of(read)
    assert (fault.fault, fault.raw) == ("chip.record", "6A83")
    assert "record 2 of file 2" in str(fault)


@pytest.mark.parametrize("options", ["", "8001 7C", "7700", "7704 94020101", "7002 8200", "8002 7C00 8002 7C00"])
def test_options_of_no_sense_are_a_bad_frame(options, read, card):
    card.says(GPO, options + "9000")
    with pytest.raises(BadFrame):
        read()


def test_a_card_that_says_two_numbers_is_a_bad_frame(read, card, build):
    card.says("00B2011C", build("70", build("5A", "6228480000000000026F")) + "9000")
    with pytest.raises(BadFrame, match="5A came twice"):
        read()


def test_a_card_may_say_the_same_number_twice(read, card, build, answers):
    card.says("00B2011C", build("70", build("5A", answers["card"]["tag_5a"])) + "9000")
    assert read().pan.digits == answers["card"]["pan"]


def test_other_objects_may_come_twice_and_the_first_is_kept(read, card, build):
    card.says("00B2011C", build("70", build("9F07", "FF00"), build("9F07", "0000")) + "9000")
    assert ("9F07", "ff00") in [(field.tag, field.value.data.hex()) for field in read().raw]


def test_the_data_of_the_sessions_end_is_checked(read, card):
    with pytest.raises(DeviceFault) as refused:
        read(bins=("999999",))
    assert refused.value.fault == "chip.bin"


@given(st.lists(st.one_of(st.binary(max_size=260), st.binary(max_size=200).map(lambda data: data + b"\x90\x00"))))
def test_garbage_from_a_card_gives_a_typed_error_or_nothing(garbage):
    from datetime import date

    dialogue = reading(Terminal(date(2026, 3, 7), bytes(4)))
    command = next(dialogue)
    try:
        for answer in garbage:
            assert 5 <= len(command) <= 261
            command = dialogue.send(answer)
    except (BadFrame, DeviceFault, StopIteration):
        pass
