"""The document is read and compared with its chip: F03 of the card-opening reference, and what a person can mend."""

from __future__ import annotations

import itertools

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.compare import Comparison, Verdict
from padkit_agent.core.flow import DOCUMENTS
from padkit_agent.core.phases import Phase
from padkit_contract.messages import How

from . import faults as f
from .world import World

SWAPPED = Comparison("number", Verdict.DIFFERENT, "text", (11, 12))
DOUBTFUL = Comparison("number", Verdict.UNSURE, "check_digit", (11, 12))
ELSEWHERE = Comparison("number", Verdict.UNSURE, "confidence", (3,))
TAKEN = itertools.count(1000)
BLIND = f.says(ev.TryAgain("document.blurred"))


def seeing(**more) -> World:
    return World(able=(DOCUMENTS,), **more)


def read(*compared: Comparison, side: str = "id_front", digest: str = "") -> f.Fault:
    return f.says(ev.DocumentRead(side, compared, digest or f"{next(TAKEN):064x}", "windows"))


def asked(world: World, what: str) -> int:
    return len([it for it in world.done if isinstance(it, do.AskPerson) and it.what == what])


def sides(world: World) -> list[str]:
    return [it.side for it in world.done if isinstance(it, do.ReadDocument)]


def test_a_kit_that_sees_reads_both_sides_and_waives_neither() -> None:
    world = seeing()
    assert world.run().phase is Phase.CLOSED
    assert sides(world) == ["id_front", "id_back"]
    items = {it.type: it for it in world.flow.evidence if it.type.startswith("id_ocr")}
    assert {it.how for it in items.values()} == {How.CAPTURED}
    assert items["id_ocr_front"].digest == f"{1:064x}"
    assert items["id_ocr_back"].note == "all the same; windows, m@1"


def test_a_kit_that_does_not_see_waives_the_step_as_before() -> None:
    world = World()
    assert world.run().phase is Phase.CLOSED
    assert sides(world) == []
    assert {it.how for it in world.flow.evidence if it.type.startswith("id_ocr")} == {How.WAIVED}


def test_a_kit_that_sees_needs_no_waiver_for_it() -> None:
    world = seeing()
    for name in ("id_ocr_front", "id_ocr_back"):
        del world.waivers[name]
    assert world.run().phase is Phase.CLOSED


def test_f03_swapped_digits_are_shown_and_refused_when_the_person_stops() -> None:
    world = seeing(printed={"id_front": (SWAPPED,)}, answers={"document_differs": ["stop"]})
    assert world.until("ask", "document_differs").flow.note == "ocr.differs: number 11, 12"
    world = seeing(printed={"id_front": (SWAPPED,)}, answers={"document_differs": ["stop"]})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "ocr.differs: number 11, 12")
    (item,) = [it for it in flow.evidence if it.type == "id_ocr_front"]
    assert (item.how, item.note) == (How.CAPTURED, "different: number 11, 12 (text); windows, m@1")
    assert world.box.feeds == 0


def test_f03_the_third_difference_is_refused_without_a_question() -> None:
    world = seeing(printed={"id_front": (SWAPPED,)})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "ocr.differs: number 11, 12")
    assert (asked(world, "document_differs"), len(sides(world))) == (2, 3)


def test_f03_a_card_shown_again_that_agrees_goes_on() -> None:
    world = seeing()
    world.faults["read_document"] = [read(SWAPPED)]
    assert world.run().phase is Phase.CLOSED
    assert asked(world, "document_differs") == 1
    assert [it.note.partition(";")[0] for it in world.flow.evidence if it.type == "id_ocr_front"] == [
        "different: number 11, 12 (text)",
        "all the same",
    ]


def test_f03_differences_of_both_sides_count_together() -> None:
    world = seeing(printed={"id_back": (Comparison("valid_to", Verdict.DIFFERENT, "text", (4,)),)})
    world.faults["read_document"] = [read(SWAPPED), read(SWAPPED)]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "ocr.differs: valid_to 4")


@pytest.mark.parametrize(("second", "what"), [(DOUBTFUL, "document_differs"), (ELSEWHERE, "show_document")])
def test_a_doubt_is_looked_at_three_times_and_differs_only_if_it_stays(second: Comparison, what: str) -> None:
    world = seeing(answers={what: ["stop"]})
    world.faults["read_document"] = [read(DOUBTFUL), read(second), read(DOUBTFUL)]
    flow = world.run()
    assert asked(world, what) == 1
    assert len(sides(world)) == 3
    assert flow.phase is (Phase.REFUSED if what == "document_differs" else Phase.CANCELLED)


def test_what_is_unsure_of_an_address_or_a_rare_name_holds_up_nobody_and_is_written_down() -> None:
    rare = Comparison("name", Verdict.UNSURE, "rare", (4,))
    world = seeing(printed={"id_front": (rare, Comparison("address", Verdict.UNSURE, "similar", (8,)))})
    assert world.run().phase is Phase.CLOSED
    (item,) = [it for it in world.flow.evidence if it.type == "id_ocr_front"]
    assert item.note == "unsure: name 4 (rare), address 8 (similar); windows, m@1"


def test_what_a_person_can_mend_is_tried_three_times_before_he_is_asked() -> None:
    world = seeing(answers={"show_document": ["again", "stop"]})
    world.faults["read_document"] = [None, *[BLIND] * 6]
    assert world.run().phase is Phase.CANCELLED
    assert asked(world, "show_document") == 2
    assert sides(world) == ["id_front", *["id_back"] * 6]


@pytest.mark.parametrize("device", ["camera", "ocr"])
def test_a_device_that_is_away_is_waited_for_and_given_up_in_the_end(device: str) -> None:
    away = f.says(ev.DeviceAway(device, "gone"))
    world = seeing()
    world.faults["read_document"] = [away, None, away]
    assert world.run().phase is Phase.CLOSED
    assert [it.device for it in world.done if isinstance(it, do.WaitDevice)] == [device, device]
    world = seeing()
    world.faults["read_document"] = [away] * 5
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, f"{device}: gone")


def test_what_the_kit_saw_with_at_the_beginning_is_kept_over_a_restart() -> None:
    world = seeing()
    decision = world.until("read_document")
    assert world.take(ev.Woke(world.now_s)).action == decision.action
    world.now_s += 31 * 60
    assert world.take(ev.Woke(world.now_s)).flow.phase is Phase.CANCELLED


def test_the_same_picture_twice_is_no_second_picture() -> None:
    world = seeing(answers={"show_document": ["stop"]})
    world.faults["read_document"] = [read(DOUBTFUL, digest="ee" * 32)] * 3
    flow = world.run()
    assert flow.phase is Phase.CANCELLED
    assert (asked(world, "document_differs"), asked(world, "show_document")) == (0, 1)


def test_a_number_that_agrees_without_its_check_digit_is_read_again() -> None:
    world = seeing()
    world.faults["read_document"] = [read(Comparison("number", Verdict.SAME))]
    assert world.run().phase is Phase.CLOSED
    assert sides(world) == ["id_front", "id_front", "id_back"]
