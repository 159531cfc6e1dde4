"""The reader's module, command by command, and each of its faults."""

from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction
from padkit_sim.devices.identity_reader.wire import Status, reply
from padkit_sim.errors import SimRefused

FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
READ_PLAIN, READ_FINGERS = (0x30, 0x01), (0x30, 0x10)


def reads_again(bench):
    """Lift, lay, find, select, read: what must work after any fault."""
    bench.lay("test_a").selected()
    return bench.status(*READ_PLAIN) == "90"


def fired(bench):
    return [firing.name for firing in bench.book.firings()]


def test_an_empty_reader_finds_nothing(bench):
    assert bench.status(0x20, 0x01) == "80"
    assert bench.status(0x20, 0x02) == "81"
    assert bench.status(*READ_PLAIN) == "41"
    assert bench.status(0x30, 0x03) == "41"


def test_a_card_may_lie_there_from_the_start(bench_of):
    assert bench_of(on_reader="test_a").status(0x20, 0x01) == "9F"


def test_find_and_select_give_their_empty_blocks(bench):
    bench.lay("test_a")
    assert bench.ask(0x20, 0x01) == (0x9F, bytes(4))
    assert bench.ask(0x20, 0x02) == (0x90, bytes(8))


def test_a_plain_read_gives_text_and_photo(bench):
    _, data = bench.lay("test_a").selected().ask(*READ_PLAIN)
    assert data[:4] == bytes.fromhex("01000400")
    assert len(data) == 4 + 256 + 1024
    assert data[4:10].decode("utf-16-le") == "测试甲"


@pytest.mark.parametrize(("person", "length"), [("test_a", 512), ("test_b", 1024), ("test_c", 0)])
def test_a_full_read_gives_the_fingers_that_are_stored(bench, person, length):
    _, data = bench.lay(person).selected().ask(*READ_FINGERS)
    assert data[4:6] == length.to_bytes(2, "big")
    assert len(data) == 6 + 256 + 1024 + length


def test_rare_characters_go_through_untouched(bench):
    _, data = bench.lay("test_b").selected().ask(*READ_PLAIN)
    assert data[4:34].decode("utf-16-le").rstrip() == "阿依·测\ue863"


def test_an_old_module_knows_no_fingers(bench_of):
    bench = bench_of(old_module=True).lay("test_a").selected()
    assert bench.status(*READ_FINGERS) == "21"
    assert bench.status(*READ_PLAIN) == "90"


def test_a_card_that_was_read_is_not_found_until_it_is_lifted(bench):
    bench.lay("test_a").selected().ask(*READ_PLAIN)
    assert bench.status(0x20, 0x01) == "80"
    bench.lift()
    bench.lay("test_a")
    assert bench.status(0x20, 0x01) == "9F"


def test_a_module_without_the_latch_finds_it_again(bench_of):
    bench = bench_of(latch=False).lay("test_a").selected()
    bench.ask(*READ_PLAIN)
    assert bench.status(0x20, 0x01) == "9F"


def test_each_read_needs_a_selection_and_find_ends_it(bench):
    bench.lay("test_a").selected()
    bench.ask(0x20, 0x01)
    assert bench.status(*READ_PLAIN) == "41"


def test_an_appended_address_is_read_after_the_card(bench):
    bench.lay("test_b").selected().ask(*READ_PLAIN)
    status, data = bench.ask(0x30, 0x03)
    assert (status, len(data), data.decode("utf-16-le").rstrip()) == (0x90, 70, "新迁巷8号")


def test_a_card_without_an_appended_address_says_so(bench):
    assert bench.lay("test_a").selected().status(0x30, 0x03) == "91"


def test_the_module_has_its_number_and_works_without_a_card(bench):
    assert bench.ask(0x12, 0xFF) == (0x90, bytes.fromhex("05000100C82C330187D6120079384E05"))
    assert bench.status(0x11, 0xFF) == "90"
    assert bench.status(0x61, 0xFF) == "90"
    assert bench.status(0x10, 0xFF) == "90"


def test_a_reset_ends_the_selection(bench):
    bench.lay("test_a").selected()
    bench.ask(0x10, 0xFF)
    assert bench.status(*READ_PLAIN) == "41"


def test_unknown_commands_and_parameters_are_wrong(bench):
    assert bench.status(0x99, 0x01) == "21"
    assert bench.status(0x30, 0x77) == "21"
    assert bench.status(0x60, 0x09) == "21"


def test_the_baud_command_changes_the_rate_it_listens_at(bench):
    assert bench.status(0x60, 0x01) == "90"
    assert bench.state().baud == 57_600
    step = bench.reader.receive(FIND, bench.at(), 115_200)
    assert "listens at 57600" in step.note
    bench.send(FIND, baud=57_600)
    assert bench.run(1.0) == [reply(Status.NO_CARD)]


def test_damaged_requests_are_answered_at_once(bench):
    assert bench.send(FIND[:-1] + b"\x00") == [reply(Status.BAD_CHECKSUM)]


def test_a_module_at_work_does_not_listen(bench):
    bench.send(FIND)
    bench.send(FIND)
    assert bench.run(1.0) == [reply(Status.NO_CARD)]
    assert bench.run(1.0) == []


def test_a_half_request_is_forgotten_after_a_gap(bench):
    bench.send(FIND[:8])
    bench.run(0.6)
    bench.send(FIND)
    assert bench.run(1.0) == [reply(Status.NO_CARD)]


def test_a_slow_trickle_is_understood(bench):
    for byte in FIND:
        bench.send(bytes([byte]))
        bench.run(0.4 if byte != FIND[-1] else 0.0)
    assert bench.run(1.0) == [reply(Status.NO_CARD)]


def test_a_card_lifted_during_the_read_fails_it(bench):
    bench.lay("test_a").selected().send(bytes.fromhex("AA AA AA 96 69 00 03 30 01 32"))
    bench.lift()
    assert bench.run(2.0) == [reply(Status.READ_FAILED)]


def test_a_power_cut_forgets_the_request_and_the_latch(bench):
    bench.lay("test_a").selected().ask(*READ_PLAIN)
    bench.ask(0x60, 0x01)
    bench.send(FIND, baud=57_600)
    bench.take(bench.reader.power_cycle(bench.at()))
    assert bench.run(5.0) == []
    assert bench.state().baud == 115_200
    assert bench.status(0x20, 0x01) == "9F"


def test_hands_are_told_what_they_can_do(bench):
    with pytest.raises(SimRefused, match="'nobody' is unknown; the kit file has test_a"):
        bench.lay("nobody")
    with pytest.raises(SimRefused, match="no card lies there"):
        bench.lift()
    with pytest.raises(SimRefused, match="lay_card, lift_card"):
        bench.reader.hand(HandAction("kick"), bench.at())


def test_the_state_tells_whose_card_lies_there(bench):
    bench.lay("test_a").selected()
    state = bench.state()
    assert (state.person, state.found, state.selected, state.already_read) == ("test_a", True, True, False)
    assert state.people == ("test_a", "test_b", "test_c")


# -- faults: each fires once, and the next read is good


def test_a_card_not_found_for_three_times_is_found_then(bench):
    bench.lay("test_a").arm("idcard.not_found", times=3)
    assert [bench.status(0x20, 0x01) for _ in range(4)] == ["80", "80", "80", "9F"]
    assert fired(bench) == ["idcard.not_found"] * 3
    assert reads_again(bench)


def test_a_card_never_found_is_found_once_it_is_cleared(bench):
    bench.lay("test_a").arm("idcard.not_found", times=0)
    assert [bench.status(0x20, 0x01) for _ in range(9)] == ["80"] * 9
    bench.book.clear("idcard.not_found")
    assert reads_again(bench)


def test_a_failed_selection_needs_a_new_find(bench):
    bench.lay("test_a").arm("idcard.select_failed")
    bench.ask(0x20, 0x01)
    assert bench.status(0x20, 0x02) == "81"
    assert bench.status(0x20, 0x02) == "81"
    assert reads_again(bench)


def test_a_removed_card_is_gone(bench):
    bench.lay("test_a").arm("idcard.removed")
    bench.selected()
    assert bench.status(*READ_PLAIN) == "41"
    assert bench.state().person == ""
    assert reads_again(bench)


def test_a_failed_read_needs_a_new_find_and_select(bench):
    bench.lay("test_a").arm("idcard.read_failed")
    bench.selected()
    assert bench.status(*READ_PLAIN) == "41"
    assert bench.state().person == "test_a"
    bench.selected()
    assert bench.status(*READ_PLAIN) == "90"


def test_a_bad_photo_is_empty_and_the_text_is_good(bench):
    bench.lay("test_a").arm("idcard.photo_bad")
    _, data = bench.selected().ask(*READ_PLAIN)
    assert data[260:] == bytes(1024)
    assert data[4:10].decode("utf-16-le") == "测试甲"
    assert reads_again(bench)


@pytest.mark.parametrize("sw3", ["10", "11", "23", "31", "32", "33", "40", "47", "60", "66"])
def test_any_status_can_be_answered(bench, sw3):
    bench.arm("idcard.status", sw3=sw3, on="find")
    assert bench.status(0x11, 0xFF) == "90"
    assert bench.status(0x20, 0x01) == sw3
    assert reads_again(bench)


def test_a_wrong_length_is_one_byte_too_long(bench):
    bench.arm("idcard.wrong_length")
    bench.send(FIND)
    assert bench.run(1.0) == [bytes.fromhex("AAAAAA9669 0005 000080 85")]
    assert reads_again(bench)


def test_a_silent_module_gives_no_answer_once(bench):
    bench.arm("idcard.silent", on="find")
    assert bench.ask(0x20, 0x01) is None
    assert reads_again(bench)
