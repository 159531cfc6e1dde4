"""The flow's hand at the bank's seal: central stamps the receipt, the kit checks the stamp and keeps both."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from padkit_agent.core import events as ev
from padkit_agent.core.actions import SealDocument
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.flows.papers import Papers
from padkit_agent.uplink import Courier
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.eseal import check_stamp
from padkit_contract.messages import Outcome
from padkit_contract.trust import Trust
from padkit_contract.voucher import SEAL, VoucherWanted
from padkit_sdk.errors import Refused

ASK_S = 15.0
AGAIN_S = 5.0
WAIT_S = 900.0  # after so long the flow writes down that it still waits
AHEAD = timedelta(minutes=5)  # of central's clock before the kit's
WAITS = "voucher.waits"


async def seal_document(
    courier: Courier,
    papers: Papers,
    trust: Trust,
    flow: Flow,
    action: SealDocument,
    clock: Clock,
    tell: Callable[[str], None],
) -> ev.AnyEvent:
    """Have the receipt sealed; without an answer it is asked again and again. Raises `Refused` ``file.*``, `StoreUnavailable`."""
    try:
        made = await papers.read(flow)
    except Refused as exc:
        return ev.DocumentNotSet(f"{exc.reason}: {exc}")
    until_s, told = clock.mono_s() + WAIT_S, False
    wanted = VoucherWanted(flow.serial, action.digest)
    while (reply := await courier.ask(SEAL, wanted, timeout_s=ASK_S)) is None:
        if not told:
            told = True
            tell(WAITS)
        if clock.mono_s() >= until_s:
            return ev.Silent(WAITS)
        await clock.sleep(AGAIN_S)
    if reply.outcome is not Outcome.OK:
        return ev.Answered(reply.outcome, reply.code, reply.message, reply.final)
    now = datetime.fromtimestamp(clock.now_s(), UTC)
    try:
        stamp = base64.b64decode(str(reply.fields.get("stamp", "")), validate=True)
        stamped = check_stamp(stamp, bytes.fromhex(action.digest), trust, now + AHEAD)
    except binascii.Error as exc:
        return ev.Answered(Outcome.INVALID, "seal.form", str(exc))
    except Invalid as exc:
        return ev.Answered(Outcome.INVALID, exc.reason, str(exc))
    await papers.keep_receipt(flow, made, stamp)
    return ev.Sealed(stamped.face.name, stamped.at.isoformat().replace("+00:00", "Z"), sm3(stamp).hex())
