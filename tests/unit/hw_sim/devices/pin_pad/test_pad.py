"""The keypad on a bench: moments are numbers, commands are texts."""

from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.pin_pad import FAULTS, NAMES, PadSettings, PinPad
from padkit_sim.devices.pin_pad.secure import encrypt
from padkit_sim.devices.pin_pad.state import SAMPLE_MASTER
from padkit_sim.devices.pin_pad.wire import say
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook, FaultRequest

START = "630 0126228480000000000018"
BLOCK = "0" + "00" + "08" + "7D8C858DF85989BB"
USER_KEY = bytes.fromhex("1122334455667788")


class Bench:
    def __init__(self, **settings):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"pad": NAMES}, 1)
        self.pad = PinPad(PadSettings(**settings), self.book.dial("pad"))
        self.now_s = 0.0

    def at(self):
        return Moment(self.now_s, self.now_s)

    def said(self, step):
        return b"".join(piece.data for piece in step.pieces)

    def ask(self, text, baud=None):
        """The text of the answer, None for silence."""
        said = self.said(self.pad.receive(say(text), self.at(), baud))
        assert said in (b"", say(said[4:-3].decode()))
        return said[4:-3].decode() or None

    def press(self, keys):
        return self.said(self.pad.hand(HandAction("press_keys", item=keys), self.at()))

    def wait(self, seconds):
        self.now_s += seconds
        return self.said(self.pad.update(self.at()))

    def fault(self, name, **args):
        self.book.arm(FaultRequest(name, args, device="pad"))

    def state(self):
        return self.pad.state(self.at())


@pytest.fixture
def bench():
    bench = Bench()
    assert bench.ask("5637") == "0"
    return bench


def test_a_pin_becomes_the_worked_block_and_the_line_hears_stars(bench):
    assert bench.ask(START) == "0"
    assert bench.press("123456") == b"******"
    assert (bench.state().entering, bench.state().stars) == (True, 6)
    assert bench.press("E") == b"\x0d"
    assert bench.ask("7") == BLOCK


def test_neither_state_nor_repr_tells_a_digit(bench):
    bench.ask(START)
    bench.press("918273")
    assert "918273" not in f"{bench.state()!r} {vars(bench.pad)!r}"


def test_cancel_and_clear_are_heard_and_obeyed(bench):
    bench.ask(START)
    assert bench.press("99L1234E") == b"**\x08****\x0d"
    bench.ask(START)
    assert bench.press("1C") == b"*\x1b"
    assert not bench.state().entering


def test_enter_is_deaf_before_the_least_length_and_digits_after_the_greatest(bench):
    bench.ask(START)
    assert bench.press("123E") == b"***"
    assert bench.press("456789012345") == b"*********"


def test_keys_without_an_entry_are_heard_in_plain_input_only(bench):
    assert bench.press("12") == b""
    bench.ask("5033")
    assert bench.press("12") == b"12"
    bench.ask("5032")
    assert bench.press("12") == b""


def test_the_time_limit_ends_an_entry(bench):
    assert bench.ask("5205") == "0"
    bench.ask(START)
    assert bench.wait(4.9) == b""
    assert bench.wait(0.1) == say("EE")
    assert bench.ask("7") == "EE"


def test_user_information_has_its_length_and_tells_how_it_is_set(bench):
    told = bench.ask("3")
    assert len(told) == 147
    assert told[99:119] == "04" + "00" + "1E" + "2A" + "04" + "0C" + "37" + "37" + "05" + "00"


def test_a_key_under_the_master_key_is_loaded_and_checked(bench):
    assert bench.ask(f"2203102{encrypt(SAMPLE_MASTER, bytes.fromhex('01' * 16)).hex()}").startswith("0")
    assert bench.state().key_ids == ("20", "30", "31")
    assert bench.ask("2003100") == "0"
    assert bench.state().key_ids == ("20", "30")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2213102" + 32 * "0", "E4"),
        ("2203102" + 32 * "0", "E6"),
        ("2203102" + 16 * "0", "E3"),
        ("2X", "E9"),
        ("631 0066228480000000000018", "E4"),
        ("620 0066228480000000000018", "E4"),
        ("630!0066228480000000000018", "EB"),
        ("6nonsense", "E9"),
        ("7", "EE"),
        ("59FF", "EB"),
        ("56FF", "EB"),
        ("x", "E9"),
        (":ZZ", "E9"),
        (":20" + 16 * "0", "EB"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(bench, text, code):
    assert bench.ask(text) == code


def test_the_host_proves_itself_and_the_keypad_too():
    bench = Bench(user_key=USER_KEY)
    assert bench.ask("2203102" + 32 * "0") == "EC"
    random = bench.ask(":A0" + 16 * "0")[1:]
    challenge = bytes.fromhex(bench.ask(f":20{random}")[1:])
    assert bench.ask(":90" + 16 * "0") == "E5"
    response = encrypt(USER_KEY, challenge)
    assert bench.ask(f":90{response.hex()}") == "0" + encrypt(USER_KEY, response).hex().upper()
    assert bench.state().authenticated


@pytest.mark.parametrize("command", ["5648", "564F"])
def test_both_tables_of_rates_lead_to_the_fastest(command):
    bench = Bench(baud=9600)
    assert bench.ask("3", baud=115_200) is None
    assert bench.ask(command, baud=9600) is None
    assert bench.ask("3", baud=115_200) is not None


def test_hex_mode_sound_mask_and_beep_are_settings(bench):
    for text in ("5034", "5323", "5810"):
        assert bench.ask(text) == "0"
    assert bench.ask("3")[99:119] == "00001E23040C37371000"
    assert bench.ask("5030") == "0"
    assert bench.ask(START) == "EB"  # broken hex again


def test_wiped_is_tampered(bench):
    assert bench.ask("5031") == "0"
    assert bench.state().tampered
    assert bench.ask(START) == "E1"


@pytest.mark.parametrize(("fault", "code"), [("pin.battery", "E0"), ("pin.locked", "ED"), ("pin.no_key", "E4")])
def test_a_fault_of_the_entry_is_answered_once(bench, fault, code):
    bench.fault(fault)
    assert bench.ask(START) == code
    assert bench.ask(START) == "0"


def test_an_opened_keypad_has_lost_its_keys_until_it_gets_new_ones(bench):
    bench.fault("pin.tamper")
    assert bench.ask("3")[99:101] == "05"
    assert bench.state().tampered
    bench.book.clear(None)
    bench.pad.fault_cleared("pin.tamper")
    assert not bench.state().tampered


def test_an_answer_is_lost_late_spoiled_or_an_error_when_armed(bench):
    bench.fault("pin.silent")
    assert bench.ask("3") is None
    bench.fault("pin.slow", seconds=2.0)
    assert bench.ask("5032") is None
    assert bench.wait(2.0) == say("0")
    bench.fault("pin.code", code="ED")
    assert bench.ask("5032") == "ED"
    bench.fault("pin.bcc")
    assert bench.said(bench.pad.receive(say("5032"), bench.at(), None)) == say("0", spoiled=True)
    bench.fault("pin.timeout")
    bench.ask(START)
    assert bench.wait(0) == say("EE")


def test_without_power_it_forgets_the_entry_and_keeps_its_keys(bench):
    bench.ask(START)
    bench.pad.power_cycle(bench.at())
    assert not bench.state().entering
    assert bench.state().key_ids == ("20", "30")


def test_a_hand_presses_known_keys_only(bench):
    with pytest.raises(SimRefused) as refused:
        bench.press("12X")
    assert "12X" not in str(refused.value)
    with pytest.raises(SimRefused, match="press_keys"):
        bench.pad.hand(HandAction("kick"), bench.at())


def test_spoiled_commands_are_ignored_with_a_note(bench):
    assert bench.pad.receive(say("3", spoiled=True), bench.at(), None).note == "wrong check digits: ignored"
