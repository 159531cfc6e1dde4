"""What a contact chip's reader promises, in a box or on its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from padkit_sdk.conformance.bench import LOOK_S, MEET_S, MOTION_S, Bench
from padkit_sdk.conformance.box import prepared, staged
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import DeviceFault, Refused
from padkit_sdk.ports import Capability, CardProtocol
from padkit_sdk.ports.chip_card import MAX_COMMAND, MAX_RESPONSE

CHIP = "chip_card"
BOX = "card_dispenser"
ATR_BYTES = range(2, 34)
ATR_STARTS = (0x3B, 0x3F)  # ISO/IEC 7816-3: direct and inverse convention
SELECT_PSE = bytes.fromhex("00A404000E") + b"1PAY.SYS.DDF01" + b"\x00"
WRONG_LE = bytes.fromhex("00B2010C01")  # record 1 of file 1, and only one byte of it: a T=0 card answers 6C xx
FOLLOWED = (0x61, 0x6C)  # the reader follows these inside
FILE = bytes.fromhex("00A40400")


@promise(CHIP, moves_cards=True)
async def test_power_on_gives_the_answer_to_reset(bench: Bench) -> None:
    """`power_on` gives protocol and answer to reset, of 2 to 33 bytes that begin as ISO 7816-3 says."""
    async with _seated(bench):
        bench.step("power_on")
        answer = await bench.chip.power_on(timeout_s=LOOK_S)
    bench.expect_that(answer.protocol in CardProtocol, "T=0 or T=1", answer.protocol)
    bench.expect_that(len(answer.atr) in ATR_BYTES, "2 to 33 bytes", len(answer.atr))
    bench.expect_that(answer.atr[:1][0] in ATR_STARTS, "a first byte 3B or 3F", answer.atr[:1].hex())


@promise(CHIP, moves_cards=True)
async def test_power_on_of_a_powered_chip_resets_it(bench: Bench) -> None:
    """`power_on` of a powered chip resets it: the same answer comes again."""
    async with _seated(bench):
        bench.step("power_on")
        first = await bench.chip.power_on(timeout_s=LOOK_S)
        bench.step("power_on again")
        bench.expect("answer to reset", first, await bench.chip.power_on(timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
async def test_a_seat_without_a_card_is_told(bench: Bench) -> None:
    """`power_on` without a card ends with chip.absent."""
    if BOX in bench.ports:
        await prepared(bench)
    bench.step("power_on without a card")
    await bench.expect_error(DeviceFault, "chip.absent", bench.chip.power_on(timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
async def test_the_payment_directory_can_be_selected(bench: Bench) -> None:
    """`transmit` of SELECT PSE gives data and one final status word."""
    async with _seated(bench):
        await bench.chip.power_on(timeout_s=LOOK_S)
        bench.step("transmit SELECT PSE")
        answer = await bench.chip.transmit(SELECT_PSE, timeout_s=LOOK_S)
    _expect_final(bench, answer)
    bench.expect("status word", "9000", answer[-2:].hex())
    bench.expect_that(answer[:1] == b"\x6f", "a template 6F", answer[:1].hex())


@promise(CHIP, moves_cards=True)
async def test_a_wrong_length_is_mended_inside(bench: Bench) -> None:
    """`61 xx` and `6C xx` are followed inside; the caller never sees them."""
    async with _seated(bench):
        await bench.chip.power_on(timeout_s=LOOK_S)
        await bench.chip.transmit(SELECT_PSE, timeout_s=LOOK_S)
        bench.step("transmit READ RECORD that asks for one byte")
        _expect_final(bench, await bench.chip.transmit(WRONG_LE, timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
@pytest.mark.parametrize("size", [0, 3, MAX_COMMAND + 1])
async def test_a_command_of_impossible_length_is_refused(bench: Bench, size: int) -> None:
    """`transmit` refuses a command shorter than 4 or longer than 261 bytes as apdu.length; the chip stays usable."""
    async with _seated(bench):
        await bench.chip.power_on(timeout_s=LOOK_S)
        command = (FILE + bytes(MAX_COMMAND))[:size]
        bench.step(f"transmit {size} bytes")
        await bench.expect_error(Refused, "apdu.length", bench.chip.transmit(command, timeout_s=LOOK_S))
        bench.step("transmit SELECT PSE afterwards")
        _expect_final(bench, await bench.chip.transmit(SELECT_PSE, timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
async def test_the_longest_command_reaches_the_chip(bench: Bench) -> None:
    """`transmit` takes a command of 261 bytes; what the chip thinks of it comes back."""
    async with _seated(bench):
        await bench.chip.power_on(timeout_s=LOOK_S)
        command = FILE + bytes([255]) + bytes(255) + b"\x00"
        bench.step(f"transmit {len(command)} bytes")
        _expect_final(bench, await bench.chip.transmit(command, timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
async def test_a_chip_without_power_does_not_answer(bench: Bench) -> None:
    """`transmit` before `power_on` and after `power_off` ends with chip.off."""
    async with _seated(bench):
        bench.step("transmit before power_on")
        await bench.expect_error(DeviceFault, "chip.off", bench.chip.transmit(SELECT_PSE, timeout_s=LOOK_S))
        await bench.chip.power_on(timeout_s=LOOK_S)
        await bench.chip.power_off(timeout_s=LOOK_S)
        bench.step("transmit after power_off")
        await bench.expect_error(DeviceFault, "chip.off", bench.chip.transmit(SELECT_PSE, timeout_s=LOOK_S))


@promise(CHIP, moves_cards=True)
async def test_power_off_is_safe_twice(bench: Bench) -> None:
    """`power_off` may be called twice, and on a chip that never had power."""
    async with _seated(bench):
        bench.step("power_off of a chip without power")
        await bench.chip.power_off(timeout_s=LOOK_S)
        await bench.chip.power_on(timeout_s=LOOK_S)
        bench.step("power_off, twice")
        await bench.chip.power_off(timeout_s=LOOK_S)
        await bench.chip.power_off(timeout_s=LOOK_S)


@promise(CHIP, Power.ARM_FAULTS, moves_cards=True, capabilities=(Capability.READ_INSIDE,))
async def test_a_dead_chip_is_told(bench: Bench) -> None:
    """A chip that does not answer the reset ends `power_on` with a chip fault, and the card can still be moved."""
    if BOX in bench.ports:
        await prepared(bench)
    bench.hands.arm("card.mute", {"how": "reset"})
    if BOX in bench.ports:
        await bench.box.stage(timeout_s=MOTION_S)
    else:
        await asyncio.to_thread(bench.hands.seat_bank_card)
    bench.step("power_on of a dead chip")
    fault = await _fault_of_power_on(bench)
    bench.expect_that(fault in ("chip.mute", "chip.activation"), "DeviceFault chip.mute or chip.activation", fault)
    if BOX in bench.ports:
        await prepared(bench)


@asynccontextmanager
async def _seated(bench: Bench) -> AsyncIterator[None]:
    """A card at the contacts: staged by the box, else put there by hand. Power is taken away afterwards."""
    if BOX in bench.ports:
        await staged(bench)
    else:
        bench.step("seat a bank card, before the test")
        await asyncio.to_thread(bench.hands.seat_bank_card)
        await _noticed(bench)
    yield
    await bench.chip.power_off(timeout_s=LOOK_S)


async def _noticed(bench: Bench) -> None:
    """Wait until the reader has seen the card that was put into it, and leave the card without power."""
    bench.expect("fault of power_on", "", await _fault_of_power_on(bench))
    await bench.chip.power_off(timeout_s=LOOK_S)


async def _fault_of_power_on(bench: Bench) -> str:
    """The fault that `power_on` ends with, empty for none; a card that was just put in may be seen a little later."""
    until_mono_s = bench.now_mono_s() + LOOK_S
    while True:
        error = await bench.outcome(bench.chip.power_on(timeout_s=LOOK_S), DeviceFault)
        fault = error.fault if isinstance(error, DeviceFault) else ""
        if fault != "chip.absent" or BOX in bench.ports or bench.now_mono_s() > until_mono_s:
            return fault
        await asyncio.sleep(MEET_S)


def _expect_final(bench: Bench, answer: bytes) -> None:
    """Hold that `answer` is one whole R-APDU with a status word that needs no following."""
    bench.expect_that(2 <= len(answer) <= MAX_RESPONSE, f"2 to {MAX_RESPONSE} bytes", len(answer))
    bench.expect_that(answer[-2] not in FOLLOWED, "a status word other than 61xx and 6Cxx", answer[-2:].hex())
