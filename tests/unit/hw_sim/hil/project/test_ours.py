"""Everything that the fixture offers, used once."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sim.errors import SimRefused


def test_a_frame_is_heard_and_answered(kit, status):
    assert status()
    heard = kit.journal.expect("box", "F2 ?? 00 03 43 31 30")
    answer = kit.journal.expect("box", "06 F2 * 31 30 * 03 ??", direction="out")
    assert heard.n < answer.n
    assert kit.journal.since(heard.n, "box")[0].n > heard.n


def test_a_fault_by_count(kit, status):
    wrong = kit.fault("link.flip_bcc", device="box", nth=2, times=2)
    assert [status() for _ in range(4)] == [True, False, False, True]
    assert wrong.fired == 2


def test_a_fault_by_chance_is_the_same_again_for_a_seed(kit, status):
    wrong = kit.fault("link.flip_bcc", device="box", times=0, chance=0.5)
    seen = [status() for _ in range(8)]
    assert wrong.fired == seen.count(False)
    assert seen == [False, True, False, False, True, True, False, False]


def test_a_fault_by_command_is_lifted_again(kit, status):
    wrong = kit.fault("link.flip_bcc", device="box", times=0)
    assert not status()
    wrong.clear()
    assert status()


def test_a_fault_by_the_clock_sleeps_first(kit, status):
    wrong = kit.fault("link.flip_bcc", device="box", after_s=3600.0, times=0)
    assert status()
    assert wrong.fired == 0
    now = kit.fault("link.truncate", device="box", after_s=0.001, keep=3)
    kit.until("box", lambda _: not status())
    assert now.fired == 1


def test_a_fault_with_arguments_strikes_with_them(kit, status):
    kit.fault("link.truncate", keep=3)
    assert not status()
    assert len(kit.journal.expect("box", "06 *", direction="out").hex.split()) <= 4


def test_what_the_kit_refuses_is_an_error(kit):
    with pytest.raises(SimRefused, match=r"fault 'box.fire' is unknown"):
        kit.fault("box.fire")
    with pytest.raises(SimRefused, match="device 'oven' is not in this kit"):
        kit.state("oven")


def test_hands_cables_and_power(kit):
    kit.hand("reader", "lay_card", person="test_a")
    assert kit.until("reader", lambda it: it["person"] == "test_a")["plugged"]
    kit.unplug("reader")
    assert not kit.state("reader")["plugged"]
    kit.plug("reader", serial="OTHER-1")
    assert kit.state()["reader"]["serial"] == "OTHER-1"
    kit.power_cycle("box")
    kit.journal.expect("box", note="power cut")


def test_speed_can_be_changed(kit):
    kit.speed = 7.5
    assert kit.speed == 7.5


def test_a_golden_journal(kit, status, tmp_path, request):
    assert status()
    kit.journal.golden(request.path.parent / "golden.txt", "box")


async def _in_a_loop(kit):
    waiting = asyncio.create_task(kit.journal.expect_async("box", note="power cut"))
    kit.power_cycle("box")
    return await waiting


def test_a_coroutine_waits_beside_other_work(kit):
    assert asyncio.run(_in_a_loop(kit)).note == "power cut"


@pytest.mark.kit("small.toml", speed=200, seed=3)
def test_the_marker_names_kit_speed_and_seed(kit, status):
    kit.until("box", lambda _: not status())
    assert (kit.name, kit.speed, kit.seed) == ("small", 200.0, 3)


def test_each_test_has_its_own_journal_file(kit, tmp_path):
    assert (tmp_path / "kit" / "journal.jsonl").read_text().count("plugged as") == 4


@pytest.mark.kit("full")
def test_devices_of_every_kind_of_wire_stand_up(kit):
    assert all(it["plugged"] for it in kit.state().values())
    kit.hand("finger", "hold_finger", person="test_a", item="right_index")
    kit.journal.expect("finger", note="hand hold_finger")
    kit.unplug("pad")
    kit.journal.expect("pad", note="unplugged")
    assert {"LD_PRELOAD", "PADKIT_SIM_CONTROL"} <= kit.environment.keys()
