"""Unlocking without network: when a challenge is shown, when its code is taken. Pure; nonce, key and moment are arguments.

Write first: a try is on disk before its code is looked at, so that pulling the plug gives nobody another one.
"""

from __future__ import annotations

import hmac

from msgspec.structs import replace

from padkit_agent.core.standing import Asked, Facts, Record, stand
from padkit_agent.core.throttle import TRIES, Moment, Throttle
from padkit_contract.commands import Mode
from padkit_contract.unlock import VALID_S, new_challenge, read_challenge, unlock_code
from padkit_sdk.errors import Refused


def ask(record: Record, entity: str, kit: str, nonce: bytes, now: Moment) -> Record:
    """Return the record with a challenge: the one that still waits, or a new one.

    Raises `Refused` ``unlock.not_locked``, ``unlock.wait``.
    """
    _locked(record)
    codes = record.codes.anchored(now)
    _may_try(codes, now, "unlock.wait")
    waiting = record.asked is not None and _waits(record.asked, now)
    if waiting and _is_for(record, entity, kit):
        return record
    challenge = new_challenge(entity, kit, record.standing.cause, record.challenges + 1, nonce)
    asked = Asked(challenge.text(), now.boot, now.mono_s)
    return replace(record, challenges=record.challenges + 1, asked=asked, codes=codes)


def left_s(record: Record, now: Moment) -> float:
    """How long the challenge's code will still be taken."""
    asked = record.asked
    return VALID_S - (now.mono_s - asked.mono_s) if asked is not None and _waits(asked, now) else 0.0


def spend(record: Record, now: Moment) -> Record:
    """Return the record with one try spent; it must be on disk before `check` is asked.

    Raises `Refused` ``unlock.not_locked``, ``unlock.no_challenge``, ``unlock.wait``.
    """
    _locked(record)
    codes = record.codes.anchored(now)
    _may_try(codes, now, "unlock.wait")
    if record.asked is None or not _waits(record.asked, now):
        told = f"no challenge waits, or it is older than {VALID_S // 60} minutes"
        raise Refused("unlock.no_challenge", f"unlock: {told}; `padkit-agent unlock challenge` shows a new one")
    return replace(record, codes=codes.tried(now))


def check(record: Record, spent: Record, code: str, key: bytes, entity: str, kit: str, facts: Facts) -> Record | None:
    """Return the record after the right `code`: restricted use, the holder must prove himself. None for a wrong one.

    `spent` is what `spend` returned. When the last try of this challenge was wrong, it is forgotten.
    """
    asked = spent.asked
    if asked is None or asked != record.asked or record.standing.mode is not Mode.LOCKED:
        return None
    if not _is_for(record, entity, kit):  # the kit was locked again since it was shown
        return None
    right = unlock_code(key, entity, kit, read_challenge(asked.text))
    if not hmac.compare_digest(right.encode(), code.encode()):
        return None
    free = stand(record, mode=Mode.RESTRICTED, since=facts.at, reauthenticate=True)
    if not free.standing.box_stopped:
        free = stand(free, finishing=())
    return replace(free, asked=None, codes=Throttle())


def forget_spent(record: Record) -> Record:
    """After the last wrong try the challenge is gone; the next one comes after a pause."""
    return record if record.codes.wrong % TRIES else replace(record, asked=None)


def spend_passcode(record: Record, now: Moment) -> Record:
    """Return the record with one try of the holder's passcode spent. Raises `Refused` ``holder.wait``."""
    passcodes = record.passcodes.anchored(now)
    _may_try(passcodes, now, "holder.wait")
    return replace(record, passcodes=passcodes.tried(now))


def proved(record: Record) -> Record:
    """The holder has proved who he is."""
    return replace(stand(record, reauthenticate=False), passcodes=Throttle())


def _locked(record: Record) -> None:
    if record.standing.mode is not Mode.LOCKED:
        raise Refused(
            "unlock.not_locked", f"unlock: this kit is {record.standing.mode.value}; there is nothing to unlock"
        )


def _waits(asked: Asked, now: Moment) -> bool:
    return asked.boot == now.boot and 0 <= now.mono_s - asked.mono_s <= VALID_S


def _is_for(record: Record, entity: str, kit: str) -> bool:
    """Tell whether the challenge that was shown is about the lock that is in force."""
    asked = record.asked
    return asked is not None and read_challenge(asked.text).is_for(entity, kit, record.standing.cause)


def _may_try(throttle: Throttle, now: Moment, reason: str) -> None:
    pause_s = throttle.pause_s(now)
    if pause_s > 0:
        raise Refused(reason, f"{throttle.wrong} wrong tries: wait {pause_s:.0f} s more, then try again")
