from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.flow import Flow
from padkit_agent.flows.boxhand import BoxHand, seen
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel

from .devices import FakeBox, FakeLease
from .kit import QuickTime

FLOW = Flow("F1", "ACC-01", "S1", "R1", 3, {}, bin_count=3)
DOUBTFUL: list[PadkitError] = [
    OutcomeUnknown("?"),
    LinkLost("gone"),
    BadFrame("checksum", b"x"),
    Refused("box.not_ready"),
    AskAgain("card.askew"),
]


@pytest.fixture
def box() -> FakeBox:
    return FakeBox([])


@pytest.fixture
def hand(box: FakeBox) -> BoxHand:
    lease: Any = FakeLease("box", box)
    return BoxHand(lease, QuickTime().clock, bytes)


def status(card: CardPlace, count: int | None = 3, *, ready: bool = True) -> BoxStatus:
    return BoxStatus(card, HopperLevel.ENOUGH, bin_full=False, bin_count=count, ready=ready)


NONE, GATE, UNCLEAR = status(CardPlace.NONE), status(CardPlace.GATE), status(CardPlace.UNCLEAR)


def test_every_place_of_the_port_is_one_of_the_rules() -> None:
    assert [seen(status(place)).place.value for place in CardPlace] == [place.value for place in CardPlace]


async def test_a_look_moves_nothing_and_prepares_only_when_it_must(hand: BoxHand, box: FakeBox) -> None:
    assert isinstance(await hand.look(FLOW, do.LookAtBox("x")), ev.BoxSeen)
    assert box.log == []
    box.ready = False
    answer = await hand.look(FLOW, do.LookAtBox("x"))
    assert isinstance(answer, ev.BoxSeen)
    assert answer.seen.lost_power
    assert box.log == ["act prepare"]


async def test_a_power_loss_with_a_card_in_play_is_told_before_the_box_is_made_ready(
    hand: BoxHand, box: FakeBox
) -> None:
    flow = replace(FLOW, doubt=AWAIT)
    box.ready = False
    told = await hand.look(flow, do.LookAtBox("x"))
    assert isinstance(told, ev.BoxSeen)
    assert told.seen.lost_power
    assert box.log == []
    assert isinstance(await hand.look(replace(flow, lost_power=True), do.LookAtBox("x")), ev.BoxSeen)
    assert box.log == ["act prepare"]


@pytest.mark.parametrize("error", DOUBTFUL)
@pytest.mark.parametrize("motion", ["stage", "move bin"])
async def test_a_motion_without_a_certain_end_is_doubtful(
    hand: BoxHand, box: FakeBox, motion: str, error: PadkitError
) -> None:
    box.woes[motion] = [error]
    act = hand.stage() if motion == "stage" else hand.move(do.MoveCard(do.Target.BIN, "x"))
    assert await act == ev.Doubtful(str(error))


async def test_a_fault_comes_with_what_the_box_says_afterwards(hand: BoxHand, box: FakeBox) -> None:
    box.woes["stage"] = [DeviceFault("box.jam")]
    box.looks = [status(CardPlace.INSIDE)]
    assert await hand.stage() == ev.BoxFault("box.jam", seen(status(CardPlace.INSIDE)))
    box.woes["stage"] = [DeviceFault("box.jam")]
    box.woes["status"] = [LinkLost("gone")]
    assert await hand.stage() == ev.BoxFault("box.jam", None)


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (DeviceFault("box.jam"), ev.BoxFault("box.jam", None)),
        (OutcomeUnknown("?"), ev.Doubtful("?")),
        (BadFrame("checksum"), ev.Doubtful("checksum")),
        (AskAgain("card.askew"), ev.Doubtful("card.askew")),
        (LinkLost("gone"), ev.DeviceAway("box", "gone")),
        (Refused("device.quarantined"), ev.DeviceAway("box", "device.quarantined")),
    ],
)
async def test_every_error_of_a_look_becomes_an_event(
    hand: BoxHand, box: FakeBox, error: PadkitError, event: ev.AnyEvent
) -> None:
    box.woes["status"] = [error]
    assert await hand.look(FLOW, do.LookAtBox("x")) == event


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DeviceFault("chip.mute"), ev.ChipUnreadable),
        (BadFrame("tlv"), ev.ChipUnreadable),
        (AskAgain("card.askew"), ev.ChipUnreadable),
        (OutcomeUnknown("?"), ev.Doubtful),
        (LinkLost("gone"), ev.Doubtful),
        (Refused("lease.ended"), ev.Doubtful),
    ],
)
async def test_every_error_of_the_chip_becomes_an_event(
    hand: BoxHand, box: FakeBox, error: PadkitError, kind: type
) -> None:
    box.woes["chip"] = [error] * 9
    event, data = await hand.read_chip()
    assert isinstance(event, kind)
    assert data is None


async def test_the_event_of_a_chip_holds_numbers_and_the_memory_the_rest(hand: BoxHand, box: FakeBox) -> None:
    box.card = box.hopper.pop(0)
    event, data = await hand.read_chip()
    assert event == ev.ChipRead(box.card.pan, "01")
    assert data is not None
    assert data.expiry.text == "3012"


AWAIT = do.AwaitTaken(3.0)


async def test_taken_is_a_gate_clear_on_two_looks_with_the_counter_unmoved(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [GATE, GATE, NONE, NONE]
    assert await hand.await_taken(FLOW, AWAIT) == ev.CardTaken()


async def test_a_card_that_went_back_inside_is_looked_for_before_it_is_captured(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [GATE, *[status(CardPlace.INSIDE)] * 20]
    assert await hand.await_taken(FLOW, AWAIT) == ev.Doubtful("the card is at the gate no more: inside")


async def test_one_clear_look_between_two_others_is_not_taken(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [GATE, NONE, *[GATE] * 20]
    assert await hand.await_taken(FLOW, AWAIT) == ev.NotTaken()


async def test_a_gate_that_flaps_tells_nothing(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [NONE, GATE, NONE, GATE, NONE, GATE]
    assert await hand.await_taken(FLOW, AWAIT) == ev.TakenUnclear("the gate's sensors do not settle")


async def test_unclear_looks_tell_nothing(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [UNCLEAR, UNCLEAR]
    assert isinstance(await hand.await_taken(FLOW, AWAIT), ev.TakenUnclear)


@pytest.mark.parametrize(
    ("count", "why"),
    [(None, "the bin counter cannot be read"), (4, "the bin counter went from 3 to 4"), (0, "went from 3 to 0")],
)
async def test_a_counter_that_moved_or_is_silent_tells_nothing(
    hand: BoxHand, box: FakeBox, count: int | None, why: str
) -> None:
    box.looks = [status(CardPlace.NONE, count)] * 2
    event = await hand.await_taken(FLOW, AWAIT)
    assert isinstance(event, ev.TakenUnclear)
    assert why in event.why


async def test_power_lost_at_the_gate_is_a_doubt(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [GATE, status(CardPlace.NONE, ready=False)]
    assert await hand.await_taken(FLOW, AWAIT) == ev.Doubtful("the box lost power with a card at the gate")


async def test_the_time_allowed_is_kept_and_the_last_look_counts(hand: BoxHand, box: FakeBox) -> None:
    box.looks = [GATE] * 10 + [NONE, NONE]
    assert await hand.await_taken(FLOW, AWAIT) == ev.CardTaken()
    box.looks = [GATE] * 50
    assert await hand.await_taken(FLOW, AWAIT) == ev.NotTaken()
    assert len(box.looks) > 30
