"""The flow's hand at the centre's authorisers: waits for a decision, over lost networks and new starts."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from padkit_agent.core import events as ev
from padkit_agent.core.actions import Authorise, AwaitAuthoriser
from padkit_agent.core.clock import Clock
from padkit_agent.flows.run import Run
from padkit_agent.uplink import Courier
from padkit_contract.authorise import AUTH_STATE, AuthAnswer, AuthQuestion, AuthState
from padkit_contract.messages import Outcome, Reply

LOOK_S = 2.0  # between two questions to the centre
ANSWER_S = 10.0
OPEN = frozenset({AuthState.QUEUED, AuthState.TAKEN})


async def await_decision(
    courier: Courier, run: Run, action: Authorise | AwaitAuthoriser, clock: Clock, tell: Callable[[str], None]
) -> ev.AnyEvent:
    """Wait at most the action's time until the centre has decided. `tell` is given how the request stands when that changes."""
    until_s, told = clock.mono_s() + action.timeout_s, ""
    reply = await courier.reply(run.envelope, timeout_s=action.timeout_s) if run.envelope else None
    if reply is not None and reply.outcome is not Outcome.OK:
        return ev.Answered(reply.outcome, reply.code, reply.message, reply.final)
    question = AuthQuestion(run.flow.serial, action.round)
    while True:
        answer = _answer(reply)
        if answer is not None and answer.state not in OPEN:
            return ev.Decided(answer)
        stands = answer.state.value if answer is not None else "away"
        if stands != told:
            told = stands
            tell(f"auth.{stands}")
        left_s = until_s - clock.mono_s()
        if left_s <= 0:
            return ev.Silent("no decision in time")
        await clock.sleep(min(LOOK_S, left_s))
        reply = await courier.ask(AUTH_STATE, question, timeout_s=ANSWER_S)


def _answer(reply: Reply | None) -> AuthAnswer | None:
    """Return how the request stands; None when the centre does not answer, or has not got it yet."""
    if reply is None or reply.outcome is not Outcome.OK:
        return None
    return msgspec.convert(reply.fields["authorisation"], AuthAnswer)
