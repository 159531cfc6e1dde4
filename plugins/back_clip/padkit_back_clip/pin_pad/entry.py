"""One PIN entry: set the keypad, start it, count its stars, fetch the block. It is left forbidding keys, whatever happens."""

from __future__ import annotations

import math
from dataclasses import dataclass

from padkit_back_clip.pin_pad.exchange import Exchange
from padkit_back_clip.pin_pad.opening import put_in_order
from padkit_back_clip.pin_pad.protocol import FORBID_INPUT, GET_PIN, Said, control, read_block, start_pin
from padkit_sdk import AskAgain, DeviceEvent, DeviceFault, DriverContext, HiddenBytes, PadkitError, Pan
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports.pin_pad import LONGEST_ENTRY_S

TIDY_S = 0.8  # for leaving the keypad safe, also when the caller's time is over


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the customer is asked for."""

    account: Pan
    key_id: str
    min_length: int
    max_length: int


async def enter(
    exchange: Exchange, wanted: Wanted, turn: int, context: DriverContext, deadline: Deadline
) -> HiddenBytes:
    """The encrypted block of one entry. Raises as `PinPad.read_pin`."""
    fetched = False
    try:
        await _begin(exchange, wanted, deadline)
        context.emit(DeviceEvent("pin.entry", {"turn": str(turn)}))
        await _until_enter(exchange, context, deadline)
        block = read_block(await exchange.ask(GET_PIN, "get PIN", deadline))
        fetched = True
        return HiddenBytes(block)
    finally:
        if not fetched:
            await _stop(exchange, context)


async def _begin(exchange: Exchange, wanted: Wanted, deadline: Deadline) -> None:
    await put_in_order(exchange, deadline)  # it may have lost its power, and with it every setting
    limit_s = max(1, math.ceil(deadline.at_most(LONGEST_ENTRY_S)))
    await exchange.ask(control("2", limit_s), "input time limit", deadline)
    await exchange.ask(control("4", wanted.min_length), "least length", deadline)
    await exchange.ask(control("5", wanted.max_length), "greatest length", deadline)
    text = start_pin(wanted.key_id, wanted.max_length, wanted.account.digits)
    await exchange.ask(text, "start PIN input", deadline)


async def _until_enter(exchange: Exchange, context: DriverContext, deadline: Deadline) -> None:
    """Return when Enter was pressed; tell how many digits there are, never which."""
    count = 0
    where = f"PIN keypad {context.device}"
    while True:
        match await exchange.next_key(deadline):
            case Said.STAR:
                count += 1
            case Said.CLEAR:
                count = 0
            case Said.ENTER:
                return
            case Said.CANCEL:
                raise AskAgain("pin.cancelled", f"{where}: the customer pressed Cancel; ask whether to go on")
            case Said.DIGIT:
                raise DeviceFault("pin.plain_keys", f"{where}: sent digits in clear; take it out of service at once")
            case Said.OTHER:
                continue
            case None:
                raise AskAgain("pin.timeout", f"{where}: no PIN in time; ask the customer again")
        context.emit(DeviceEvent("pin.key_pressed", {"count": str(count)}))


async def _stop(exchange: Exchange, context: DriverContext) -> None:
    """Let the keypad take no more keys; what it says to that changes nothing for the caller."""
    try:
        await exchange.ask(FORBID_INPUT, "forbid input", Deadline.after(TIDY_S, context.now_mono_s), retries=1)
    except PadkitError as exc:
        context.emit(DeviceEvent("pin.not_stopped", {"error": exc.code}))
