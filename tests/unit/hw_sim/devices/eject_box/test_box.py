from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction
from padkit_sim.errors import SimRefused

from .conftest import frame


def dispensed(rig):
    """One card is out; who looks hears it once."""
    rig.order("DC")
    rig.wait()
    return rig


def test_a_card_is_pushed_out_of_the_mouth_and_told_once(rig):
    assert rig.order("DC") == b"\x0600"
    assert (rig.status(), rig.state().moving) == ("10", True)
    rig.wait()
    assert (rig.status(), rig.status()) == ("30", "00")
    assert rig.places() == {"000001": "out"}


def test_nothing_is_done_before_the_go_ahead(rig):
    assert rig.hear(frame("00DC")) == b"\x0600"
    rig.wait()
    assert rig.places() == {}
    rig.hear(frame("00AP"))  # another command takes its place
    rig.hear(b"\x0500")
    rig.wait()
    assert rig.places() == {}


def test_a_go_ahead_without_a_command_does_nothing(rig):
    assert rig.hear(b"\x0500") == b""


def test_a_card_in_the_mouth_must_be_taken_before_the_next(rig):
    dispensed(rig).status()
    rig.order("DC")
    assert (rig.status(), rig.status()) == ("60", "00")
    rig.hand("take_card")
    assert rig.places() == {"000001": "hand"}
    dispensed(rig)
    assert rig.places() == {"000001": "hand", "000002": "out"}


def test_a_second_command_while_it_works_moves_no_second_card(rig):
    rig.order("DC")
    rig.order("DC")
    rig.order("RS")
    rig.wait()
    assert rig.places() == {"000001": "out"}


def test_somebody_takes_the_card_by_himself(make_rig):
    rig = dispensed(make_rig(take_after_s=1.0))
    rig.wait()
    assert rig.places() == {"000001": "hand"}


def test_levels_of_the_stacker(make_rig):
    assert make_rig().status() == "00"
    assert make_rig(low_at=8).status() == "01"
    empty = make_rig(cards=())
    empty.order("DC")
    assert empty.status() == "62"


def test_a_card_is_brought_ahead_when_that_is_allowed(rig):
    rig.order("IP")
    assert (rig.status(), rig.state().ahead) == ("50", True)
    rig.wait()
    assert rig.places() == {"000001": "path"}
    dispensed(rig)
    rig.wait()
    assert rig.places() == {"000001": "out", "000002": "path"}
    rig.order("IE")
    assert not rig.state().ahead


def test_other_addresses_are_not_ours(make_rig):
    rig = make_rig(address=7)
    assert rig.hear(frame("00AP")) == b""
    assert rig.status() == "00"


def test_a_spoiled_or_unknown_command_is_refused(rig):
    assert rig.hear(b"\x0200AP\x03\x00") == b"\x1500"
    assert rig.order("XX") == b"\x1500"


def test_the_rate_can_be_set_and_others_are_noise(rig):
    rig.order("B5")
    step = rig.box.receive(frame("00AP"), rig.at(), 9600)
    assert step.pieces == ()
    assert "listens at 38400" in step.note
    assert rig.hear(frame("00AP"), 38400) == b"\x0600"


def test_a_command_that_breaks_off_is_forgotten(rig):
    rig.hear(frame("00AP")[:4])
    rig.wait(1.0)
    assert rig.status() == "00"


def test_a_power_cut_stops_the_card_and_forgets(rig):
    rig.order("IP")
    rig.wait()
    rig.order("DC")
    rig.wait(0.5)
    rig.box.power_cycle(rig.at())
    rig.wait()
    assert (rig.status(), rig.state().ahead) == ("00", False)
    assert rig.places() == {"000001": "path"}
    dispensed(rig)
    assert rig.places() == {"000001": "out"}


# faults


def test_an_empty_stacker_is_told_and_nothing_moves(rig):
    rig.fault("eject.empty")
    rig.order("DC")
    assert rig.status() == "62"
    rig.book.clear("eject.empty")
    assert rig.status() == "00"


def test_a_jam_stays_until_a_person_lifts_the_card_out(rig):
    rig.fault("eject.jam")
    dispensed(rig)
    rig.order("RS")
    rig.wait()
    assert (rig.status(), rig.places()) == ("40", {"000001": "path"})
    rig.hand("remove_card")
    assert (rig.status(), rig.places()) == ("00", {"000001": "hand"})


def test_a_jam_can_work_loose_by_resets(rig):
    rig.fault("eject.jam", clears_after=2)
    dispensed(rig)
    for said in ("40", "00"):
        rig.order("RS")
        assert rig.status() == "10"
        rig.wait()
        assert rig.status() == said
    assert rig.places() == {"000001": "path"}


def test_a_cleared_jam_is_loose(rig):
    rig.fault("eject.jam")
    dispensed(rig)
    rig.book.clear("eject.jam")
    assert not rig.state().stuck


def test_a_silent_dispense_is_carried_out(rig):
    rig.fault("eject.silent", on="dispense")
    assert rig.order("DC") == b""
    rig.wait()
    assert rig.places() == {"000001": "out"}


def test_other_silent_commands_are_not(rig):
    rig.fault("eject.silent", on="status")
    assert rig.order("AP") == b""
    assert rig.status() == "00"


def test_a_refused_command_is_not_carried_out(rig):
    rig.fault("eject.nak", on="dispense")
    assert rig.order("DC") == b"\x1500"
    rig.wait()
    assert rig.places() == {}


def test_a_card_that_comes_out_untold(rig):
    rig.fault("eject.unsaid")
    dispensed(rig)
    assert (rig.status(), rig.places()) == ("00", {"000001": "out"})


def test_a_status_that_is_late_and_one_that_is_spoiled(rig):
    rig.fault("eject.late", seconds=1.0)
    assert rig.order("AP") == b"\x0600"
    assert rig.wait(1.0) == frame("0000")
    rig.fault("eject.bcc")
    assert rig.order("AP")[3:] != frame("0000")


# hands and magic


def test_what_nobody_can_do_is_refused(rig):
    with pytest.raises(SimRefused, match="no card sticks out"):
        rig.hand("take_card")
    with pytest.raises(SimRefused, match="can take_card, remove_card"):
        rig.box.hand(HandAction("press"), rig.at())
    rig.order("DC")
    with pytest.raises(SimRefused, match="motor is running"):
        rig.hand("remove_card")


@pytest.mark.parametrize("place", ["path", "out", "hand", "hopper"])
def test_a_card_is_moved_by_magic(rig, place):
    dispensed(rig)
    first, second = rig.state().cards[:2]
    rig.box.tamper(second.pan, place)
    found = {card.serial: card.place.value for card in rig.state().cards}
    assert found[second.serial] == place
    assert found[first.serial] == ("hand" if place == "out" else "out")
    rig.box.tamper(first.pan, "hopper")
    assert rig.state().cards[0].place.value == "hopper"


def test_magic_needs_a_card_and_a_place_it_can_have(rig):
    pan = rig.state().cards[0].pan
    for card, place in (("1", "out"), (pan, "bin")):
        with pytest.raises(SimRefused, match="give a card of 'state'"):
            rig.box.tamper(card, place)
