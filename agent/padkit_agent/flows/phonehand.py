"""The flow's hand at central's telephone codes. What the customer typed passes through memory only."""

from __future__ import annotations

import msgspec

from padkit_agent.core import events as ev
from padkit_agent.core.actions import JudgeCode, SendCode
from padkit_agent.flows.run import Run
from padkit_agent.uplink import Courier
from padkit_contract import phone
from padkit_contract.messages import Outcome, Reply
from padkit_sdk.errors import Refused
from padkit_sdk.secrets import HiddenBytes

ASK_S = 15.0
FIELD = "code"  # of the answer


def taken_code(said: ev.PersonSaid) -> tuple[ev.PersonSaid, HiddenBytes]:
    """Return an answer without the code that came with it, and the code. Raises `Refused` ``answer.fields``."""
    code = said.fields.get(FIELD)
    if set(said.fields) != {FIELD} or not isinstance(code, str) or not _good(code):
        raise Refused("answer.fields", f"{said.what}: give the {phone.DIGITS} digits as `{FIELD}`, and nothing else")
    return msgspec.structs.replace(said, fields={}), HiddenBytes(code.encode("ascii"))


async def with_phone(courier: Courier, run: Run, action: SendCode | JudgeCode) -> ev.AnyEvent:
    """Have a code sent, or judged."""
    if isinstance(action, SendCode):
        wanted = phone.CodeWanted(run.flow.serial, str(run.flow.inputs.get("phone", "")))
        reply = await courier.ask(phone.SEND, wanted, timeout_s=ASK_S)
        return ev.CodeSent() if _well(reply) else _not(reply)
    code, run.code = run.code, HiddenBytes(b"")
    if not code.data:
        return ev.CodeLost()
    typed = phone.CodeTyped(run.flow.serial, code.data.decode("ascii"))
    reply = await courier.ask(phone.JUDGE, typed, timeout_s=ASK_S)
    if reply is None or not _well(reply):
        return _not(reply)
    try:
        judged = msgspec.convert(reply.fields.get("judged"), phone.CodeJudged)
    except msgspec.ValidationError:
        return ev.Silent("no answer that can be read")
    return ev.CodeJudged(judged.right, judged.left, judged.at)


def _good(code: str) -> bool:
    return len(code) == phone.DIGITS and code.isascii() and code.isdigit()


def _well(reply: Reply | None) -> bool:
    return reply is not None and reply.outcome is Outcome.OK


def _not(reply: Reply | None) -> ev.AnyEvent:
    if reply is None:
        return ev.Silent("no answer in time")
    return ev.Answered(reply.outcome, reply.code, reply.message, reply.final)
