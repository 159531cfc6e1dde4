"""From an open line to a keypad in order: at which rate it listens, the rate we want, its settings, the proof of the host."""

from __future__ import annotations

import re
import secrets

from padkit_back_clip.pin_pad.config import prove
from padkit_back_clip.pin_pad.exchange import Exchange
from padkit_back_clip.pin_pad.protocol import (
    BAUDS,
    FORBID_INPUT,
    HEX_MODE,
    RANDOM,
    STAR,
    USER_INFORMATION,
    Answer,
    control,
)
from padkit_sdk import BadFrame, ByteLink, DeviceFault, LinkLost, OutcomeUnknown, PadkitError
from padkit_sdk.deadline import Deadline

FAST = BAUDS[-1]
PROBE_S = 0.25  # manual 2: for each rate
ANSWER_BITS = 1_600  # of the probe's answer
RATE_CODES = ("48", "4F")  # for 115200: the manual's two tables differ, so both are tried
WAITED_OUT = (BadFrame, OutcomeUnknown)


async def find_rate(link: ByteLink, exchange: Exchange, device: str, deadline: Deadline) -> None:
    """Find the keypad at any rate and leave it, and the line, at the fastest that it takes. Raises `LinkLost`: none answers."""
    for baud in reversed(BAUDS):
        if baud != FAST:
            link.set_baud(baud)
        if await _answers(exchange, baud, deadline):
            return await _hurry(link, exchange, baud, deadline)
    raise LinkLost(f"PIN keypad {device}: no answer at any rate from {BAUDS[0]} to {FAST} baud; check cable and power")


async def put_in_order(exchange: Exchange, deadline: Deadline) -> None:
    """Whole hex digits on the line, stars for keys, and no key taken until somebody is asked for a PIN."""
    await exchange.ask(FORBID_INPUT, "forbid input", deadline)
    await exchange.ask(HEX_MODE, "hex mode", deadline)
    await exchange.ask(control("3", STAR), "PIN mask", deadline)


async def authenticate(exchange: Exchange, user_key: bytes, device: str, deadline: Deadline) -> None:
    """Prove the host to the keypad, and the keypad to the host. Raises `DeviceFault` ``pin.not_authenticated``."""
    random = _eight(await exchange.ask(f":{RANDOM}", "get random", deadline))
    challenge = _eight(await exchange.ask(f":20{random.hex().upper()}", "get challenge", deadline))
    response = prove(challenge, user_key)
    proof = _eight(await exchange.ask(f":90{response.hex().upper()}", "authenticate", deadline))
    if not secrets.compare_digest(proof, prove(response, user_key)):
        told = f"PIN keypad {device}: cannot prove itself with the user key; it may be another keypad, take it out of service"
        raise DeviceFault("pin.not_authenticated", told)


async def _answers(exchange: Exchange, baud: int, deadline: Deadline) -> bool:
    patience = Deadline.after(deadline.at_most(PROBE_S + ANSWER_BITS / baud), deadline.now_mono_s)
    try:
        await exchange.ask(USER_INFORMATION, "probe", patience, retries=0)
    except WAITED_OUT:
        return False
    except LinkLost:
        raise
    except PadkitError:
        return True  # an E-code is an answer
    return True


async def _hurry(link: ByteLink, exchange: Exchange, baud: int, deadline: Deadline) -> None:
    """Bring a slow keypad to the fastest rate; one that does not follow stays at its own."""
    for code in RATE_CODES if baud != FAST else ():
        try:
            await exchange.ask(f"56{code}", "line rate", deadline, retries=0)
        except (*WAITED_OUT, DeviceFault):
            pass  # whether it took the rate is told by the next probe alone
        link.set_baud(FAST)
        if await _answers(exchange, FAST, deadline):
            return
        link.set_baud(baud)


def _eight(answer: Answer) -> bytes:
    """Eight bytes after the status character. Raises `BadFrame`."""
    if not re.fullmatch(".[0-9A-Fa-f]{16}", answer.text):
        raise BadFrame(f"{len(answer.text)} characters in an authentication, expected 17")
    return bytes.fromhex(answer.text[1:])
