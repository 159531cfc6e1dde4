"""What every device promises, whatever its port."""

from __future__ import annotations

from padkit_sdk.conformance.bench import LOOK_S, Bench
from padkit_sdk.conformance.promise import EVERY_PORT, promise
from padkit_sdk.errors import PadkitError
from padkit_sdk.ports import PORTS, Device

PATIENCE_S = 2.0  # what a call may take over its time


@promise(EVERY_PORT)
async def test_a_driver_has_every_method_of_its_ports(bench: Bench) -> None:
    """A driver has every method of the ports it offers."""
    bench.step("look at the driver")
    wanted = {name for port in (Device, *(PORTS[port] for port in bench.ports)) for name in vars(port)}
    missing = sorted(name for name in wanted if not name.startswith("_") and not hasattr(bench.device, name))
    bench.expect("missing methods", [], missing)


@promise(EVERY_PORT)
async def test_identify_gives_the_same_words_each_time(bench: Bench) -> None:
    """`identify` names the device and does so again with the same words."""
    bench.step("identify")
    first = await bench.device.identify(timeout_s=LOOK_S)
    bench.expect_that(bool(first.model), "a model name", repr(first.model))
    bench.step("identify again")
    bench.expect("identity", first, await bench.device.identify(timeout_s=LOOK_S))


@promise(EVERY_PORT)
async def test_identify_and_self_test_move_no_card(bench: Bench) -> None:
    """`identify` and `self_test` move no card."""
    before = bench.hands.cards()
    bench.step("identify and self_test")
    await bench.device.identify(timeout_s=LOOK_S)
    await bench.device.self_test(timeout_s=LOOK_S)
    bench.expect("place of every card", before, bench.hands.cards())


@promise(EVERY_PORT)
async def test_a_self_test_names_each_check_once(bench: Bench) -> None:
    """`self_test` gives checks with distinct dotted names, each with what was seen."""
    bench.step("self_test")
    names = [check.name for check in (await bench.device.self_test(timeout_s=LOOK_S)).checks]
    bench.expect_that(bool(names), "at least one check", names)
    bench.expect("distinct names", len(names), len(set(names)))
    bench.expect("names without a dot", [], [name for name in names if "." not in name.strip(".")])


@promise(EVERY_PORT)
async def test_a_call_without_time_ends_at_once_with_an_error_of_the_family(bench: Bench) -> None:
    """A call whose time is used up ends at once, with an answer or an error of the family."""
    bench.step("identify with timeout_s=0")
    began_mono_s = bench.now_mono_s()
    await bench.outcome(bench.device.identify(timeout_s=0.0), PadkitError)
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < PATIENCE_S, f"an end within {PATIENCE_S:g} s", f"{took_s:.1f} s")
    bench.step("identify afterwards")
    await bench.device.identify(timeout_s=LOOK_S)


@promise(EVERY_PORT)
async def test_close_is_safe_twice_and_moves_no_card(bench: Bench) -> None:
    """`close` may be called twice and moves no card."""
    before, device = bench.hands.cards(), bench.device
    bench.step("close")
    await device.close()
    bench.step("close again")
    await device.close()
    bench.expect("place of every card", before, bench.hands.cards())


@promise(EVERY_PORT)
async def test_a_closed_device_answers_with_an_error_and_can_be_opened_again(bench: Bench) -> None:
    """After `close` a call ends with an error of the family, and the port is free to be opened again."""
    device = bench.device
    await bench.close()
    bench.step("identify after close")
    error = await bench.outcome(device.identify(timeout_s=LOOK_S), PadkitError)
    bench.expect_that(error is not None, "an error of the family", "an answer")
    await bench.open()
    bench.step("identify after opening again")
    await bench.device.identify(timeout_s=LOOK_S)
