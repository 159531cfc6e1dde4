"""Codes on customers' telephones: made here, sent by the bank's short messages, judged here; only a keyed digest is kept."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from padkit_central.business.ask import SERIAL, Ask
from padkit_central.business.ports import Bank
from padkit_central.observe import Log
from padkit_central.store import CheckRow, CodeRow, Store
from padkit_contract import phone
from padkit_contract.checks import Verdict, about_mark
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome, Reply, decode

HOLDS_S = 300
PAUSE_S = 30
MAX_TRIES = 3
MAX_SENT = 5  # for one case
PHONE = re.compile(r"1[0-9]{10}")
TYPED = re.compile(r"[0-9]{6}")
CONFIRMED = "phone.confirmed"
KEY_SIZE = 32


class PhoneCodes:
    """Answers `phone.SEND` and `phone.JUDGE`."""

    def __init__(
        self,
        store: Store,
        bank: Bank,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        log: Log,
    ) -> None:
        self._store = store
        self._bank = bank
        self._now = now
        self._random_bytes = random_bytes
        self._log = log

    async def send(self, ask: Ask) -> Reply:
        """Send a code; the one before it ends.

        Raises `Invalid` ``serial.form``, ``phone.form``, ``phone.too_soon``, ``phone.too_many``.
        """
        wanted = decode(ask.payload, phone.CodeWanted)
        _check_serial(wanted.serial)
        if PHONE.fullmatch(wanted.phone) is None:
            raise Invalid("phone.form", "a mobile telephone of 11 digits that begins with 1 is wanted; mend the form")
        now = self._now()
        before = await self._store.codes.of(ask.entity, wanted.serial)
        if before is not None:
            _check_pace(before, now)
        code = f"{int.from_bytes(self._random_bytes(8), 'big') % 10**phone.DIGITS:0{phone.DIGITS}}"
        key = self._random_bytes(KEY_SIZE)
        row = CodeRow(
            mark=about_mark(ask.entity, wanted.serial, phone.EVIDENCE, {"phone": wanted.phone}),
            key=key,
            digest=_digest(key, code),
            made_at=now.isoformat(),
            sent=before.sent + 1 if before else 1,
        )
        await self._store.codes.put(ask.entity, ask.kit, wanted.serial, row)
        text = f"您的开卡验证码为{code}，{HOLDS_S // 60}分钟内有效。请勿告知他人。"
        if not await self._bank.sms(ask.entity, wanted.phone, text):
            return Reply(Outcome.REFUSED, "phone.not_sent", "the short message could not be sent; ask for another one")
        self._log.info("phone.sent", entity=ask.entity, kit=ask.kit, serial=wanted.serial)
        return Reply(Outcome.OK, fields={"sent": phone.CodeSent(HOLDS_S)})

    async def judge(self, ask: Ask) -> Reply:
        """Judge what was typed; each try counts, on disk, before it is looked at.

        Raises `Invalid` ``serial.form``, ``phone.form``, ``phone.none`` (nothing to judge: not sent, too old, used, or tried too
        often).
        """
        typed = decode(ask.payload, phone.CodeTyped)
        _check_serial(typed.serial)
        if TYPED.fullmatch(typed.code) is None:
            raise Invalid("phone.form", f"a code of {phone.DIGITS} digits is wanted; type it again")
        now = self._now()
        row = await self._store.codes.count_try(ask.entity, typed.serial)
        old = row is not None and now - datetime.fromisoformat(row.made_at) > timedelta(seconds=HOLDS_S)
        if row is None or old or row.used or row.tries > MAX_TRIES:
            raise Invalid(
                "phone.none", "there is no code to judge: none was sent, or it has ended; have another one sent"
            )
        right = hmac.compare_digest(row.digest, _digest(row.key, typed.code))
        if right:
            await self._store.codes.put(ask.entity, ask.kit, typed.serial, replace(row, used=True))
            shown = CheckRow(phone.EVIDENCE, Verdict.PASSED, CONFIRMED, now.isoformat(), row.mark)
            await self._store.checks.put(ask.entity, ask.kit, typed.serial, [shown])
        left = 0 if right else MAX_TRIES - row.tries
        return Reply(Outcome.OK, fields={"judged": phone.CodeJudged(right, left, now.isoformat())})


def _check_serial(serial: str) -> None:
    if SERIAL.fullmatch(serial) is None:
        raise Invalid("serial.form", f"{serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")


def _check_pace(before: CodeRow, now: datetime) -> None:
    if before.sent >= MAX_SENT:
        raise Invalid("phone.too_many", f"{MAX_SENT} codes were sent for this case; it cannot have another one")
    if now - datetime.fromisoformat(before.made_at) < timedelta(seconds=PAUSE_S):
        raise Invalid("phone.too_soon", f"a code is on its way; another one can be sent after {PAUSE_S} s")


def _digest(key: bytes, code: str) -> bytes:
    return sm3(key + code.encode("ascii"))
