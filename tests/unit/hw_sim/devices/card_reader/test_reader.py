"""The reader, message by message and fault by fault."""

from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.card_reader import FAULTS, CardReader, CardReaderSettings, ReaderCard
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.usb import Setup
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook

SELECT_PSE = "00A404000E315041592E5359532E444446303100"
READ_RECORD = "00B2010C00"
ACTIVE, INACTIVE, ABSENT = range(3)
FAILED = 1
PRESENT, GONE = b"\x50\x03", b"\x50\x02"


def test_an_empty_slot_has_no_card(bench):
    assert bench.ask(0x65).icc == ABSENT
    power_on = bench.ask(0x62)
    assert (power_on.type, power_on.icc, power_on.command, power_on.error) == (0x80, ABSENT, FAILED, 0xFE)


def test_a_card_that_comes_and_goes_is_told(bench):
    bench.insert()
    assert bench.told == [PRESENT]
    assert bench.ask(0x65).icc == INACTIVE
    bench.remove()
    assert bench.told == [PRESENT, GONE]
    assert bench.ask(0x65).icc == ABSENT


def test_power_gives_the_answer_to_reset_and_takes_its_time(bench):
    bench.insert().send(0x62)
    assert bench.said == []
    assert bench.reader.state(bench.at()).moving
    bench.run(0.1)
    assert bench.said[0].data[:2].hex() == "3b6d"
    assert len(bench.said[0].data) == 2 + 2 + 13
    assert bench.ask(0x65).icc == ACTIVE
    assert bench.ask(0x63).icc == INACTIVE


def test_a_t0_card_hands_its_answer_out_in_two_steps(bench):
    bench.powered()
    first = bench.apdu(SELECT_PSE).data
    assert first[0] == 0x61
    assert bench.apdu("00C00000" + first[1:].hex()).data[-2:].hex() == "9000"
    assert bench.apdu("00B2010C01").data[0] == 0x6C


def test_a_t1_card_answers_at_once(bench):
    bench.powered("2")
    assert bench.atr[2] == 0x01
    assert not any(_xor(bench.atr[1:]))
    assert bench.apdu(SELECT_PSE).data[-2:].hex() == "9000"


def _xor(data):
    total = 0
    for byte in data:
        total ^= byte
    return bytes([total])


@pytest.mark.parametrize(("item", "number", "size"), [("1", 0, 5), ("2", 1, 7)])
def test_parameters_are_those_of_the_card(bench, item, number, size):
    bench.powered(item)
    had = bench.ask(0x6C)
    assert (had.type, had.last, len(had.data)) == (0x82, number, size)
    assert bench.ask(0x61, had.data, bytes([number, 0, 0])).data == had.data
    wrong = bench.ask(0x61, had.data, bytes([1 - number, 0, 0]))
    assert (wrong.command, wrong.error) == (FAILED, 7)


@pytest.mark.parametrize("kind", [0x61, 0x6C, 0x6D])
def test_without_a_card_there_are_no_parameters(bench, kind):
    assert bench.ask(kind).error == 0xFE


def test_an_exchange_without_power_is_refused(bench):
    assert bench.insert().apdu(SELECT_PSE).error == 0xFE


def test_a_message_in_pieces_is_one_message(bench):
    bench.powered()
    whole = bench.message(0x6F, bytes.fromhex(SELECT_PSE))
    bench.said.clear()
    for byte in whole:
        bench.take(bench.reader.out(0x01, bytes([byte]), bench.at()))
    bench.run(0.02)
    assert bench.said[0].data[0] == 0x61


@pytest.mark.parametrize(("kind", "slot", "error"), [(0x6B, 0, 0), (0x65, 1, 5)])
def test_what_the_reader_cannot_do_is_refused(bench, kind, slot, error):
    answer = bench.ask(kind, slot=slot)
    assert (answer.command, answer.error) == (FAILED, error)


def test_a_length_without_end_is_refused_and_forgotten(bench):
    bench.take(bench.reader.out(0x01, b"\x6f\xff\xff\xff\xff\0\1\0\0\0" + bytes(90), bench.at()))
    assert (bench.said[0].command, bench.said[0].error) == (FAILED, 1)
    assert bench.ask(0x65).command == 0


def test_a_busy_slot_says_so_and_can_be_aborted(bench):
    bench.powered().send(0x6F, bytes.fromhex(SELECT_PSE))
    assert bench.ask(0x65).error == 0xE0
    assert not bench.take(bench.reader.control(Setup(0x21, 1, 0, 0, 0), b"", bench.at())).stalled
    assert bench.ask(0x72).command == 0
    assert bench.wake_at_s is None


def test_there_are_no_lists_of_clocks_and_nothing_to_write_elsewhere(bench):
    assert bench.reader.control(Setup(0xA1, 2, 0, 0, 4), b"", bench.at()).stalled
    assert bench.reader.out(0x02, b"", bench.at()).stalled


def test_a_mute_exchange_is_told_after_a_second_and_the_next_works(bench):
    bench.powered().arm("reader.mute")
    before_s = bench.now_s
    assert bench.apdu(SELECT_PSE).error == 0xFE
    assert bench.now_s - before_s >= 1
    assert bench.apdu(SELECT_PSE).command == 0


def test_a_garbled_answer_is_a_parity_error(bench):
    bench.powered().arm("reader.parity")
    assert bench.apdu(SELECT_PSE).error == 0xFD


def test_a_slow_card_asks_for_time(bench):
    bench.powered().arm("reader.slow", extensions=2)
    assert bench.apdu(SELECT_PSE).command == 0
    assert [it.command for it in bench.said] == [2, 2, 0]


def test_a_card_pulled_during_an_exchange_is_gone(bench):
    bench.powered().arm("reader.card_pulled")
    answer = bench.apdu(SELECT_PSE)
    assert (answer.icc, answer.error) == (ABSENT, 0xFE)
    assert bench.told[-1] == GONE
    assert bench.insert().ask(0x62).command == 0


def test_a_hand_can_pull_the_card_during_an_exchange(bench):
    bench.powered().send(0x6F, bytes.fromhex(SELECT_PSE))
    bench.remove()
    assert (bench.said[-1].icc, bench.said[-1].error) == (ABSENT, 0xFE)
    bench.run(1.0)
    assert len(bench.told) == 2


def test_a_dead_chip_is_mute(bench):
    bench.arm("card.mute")
    assert bench.insert().ask(0x62).error == 0xFE


def test_a_chip_that_falls_silent_is_mute(bench):
    bench.arm("card.mute", how="apdu")
    assert bench.powered().apdu(SELECT_PSE).error == 0xFE


def test_the_daemon_dies_by_count_of_exchanges(bench):
    bench.arm("pcsc.daemon_killed")
    bench.powered().apdu(SELECT_PSE)
    assert [it.name for it in bench.book.firings()] == ["pcsc.daemon_killed"]


def test_a_power_cut_ends_what_was_under_way(bench):
    bench.powered().send(0x6F, bytes.fromhex(SELECT_PSE))
    bench.said.clear()
    bench.take(bench.reader.power_cycle(bench.at()))
    assert (bench.said, bench.told[-1]) == ([], PRESENT)
    assert bench.ask(0x65).icc == INACTIVE


def test_a_card_can_lie_in_it_from_the_start():
    book = FaultBook({spec.name: spec for spec in FAULTS}, {"chip": frozenset()}, seed=1)
    cards = (ReaderCard(numbered("999900", 1)), ReaderCard(numbered("999900", 2), "T=1"))
    state = CardReader(CardReaderSettings(cards, inserted=2), book.dial("chip")).state(Moment(0, 0))
    assert state.inserted == cards[1].data.pan
    assert [(it.place, it.protocol) for it in state.cards] == [("hand", "T=0"), ("reader", "T=1")]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (HandAction("remove_card"), "no card is in"),
        (HandAction("insert_card", item="9"), "no card 9"),
        (HandAction("insert_card", pan="1"), "no card 1"),
        (HandAction("shake"), "insert_card, remove_card"),
    ],
)
def test_what_a_hand_cannot_do_is_refused(bench, action, told):
    with pytest.raises(SimRefused, match=told):
        bench.reader.hand(action, bench.at())


def test_a_second_card_does_not_fit(bench):
    with pytest.raises(SimRefused, match="a card is in"):
        bench.insert().insert("2")
