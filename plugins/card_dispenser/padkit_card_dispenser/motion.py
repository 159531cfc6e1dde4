"""One motion of the box, from the command to a proof of what it did.

After a lost or garbled answer the box is looked at before anything is repeated; `looks.py` says what a look proves.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

from padkit_card_dispenser.codes import refusal
from padkit_card_dispenser.exchange import Exchange, Loss, Lost, before_stop, to_the_end
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.looks import COMMANDS, Motion, Verdict, judge_answer, judge_looks, may_be_gone
from padkit_card_dispenser.protocol import Done, Failed, Reply
from padkit_card_dispenser.replies import box_status
from padkit_sdk import LinkLost, OutcomeUnknown, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import BoxStatus

TRIES = 3  # a motion that three times did not happen is not tried again
LOOK_AGAIN_S = 0.5  # manual 4: customary pause between two STATUS; "not done" counts when two looks agree
AFTER_STOP_S = 1.5  # a stopped motion is looked at even when the caller's time is used up
STOPPED = frozenset({Loss.STOPPED, Loss.DEAF})


class Mover:
    """Moves cards over one exchange in the name of `device`."""

    def __init__(self, exchange: Exchange, inquiry: Inquiry, device: str) -> None:
        self._exchange = exchange
        self._inquiry = inquiry
        self._device = device

    async def perform(self, motion: Motion, before: BoxStatus, deadline: Deadline) -> BoxStatus:
        """Do `motion`, which the look `before` allowed, and return how the box stands then.

        A cancel stops the box with EOT; where the card is, the next look says.

        Raises:
            DeviceFault: the box said no.
            Refused: ``box.not_ready`` (it lost power), ``box.no_card`` (taken at the gate while it was to be captured).
            OutcomeUnknown: neither answer nor looks prove what happened.
        """
        self._exchange.forget()
        try:
            for _ in range(TRIES):
                result = await self._attempt(motion, before, deadline)
                if isinstance(result, BoxStatus):
                    return result
                if result is not None:
                    return await self._conclude(motion, before, result, deadline)
        except LinkLost as exc:
            raise self._unknown(motion, "the link was lost") from exc
        raise self._unknown(motion, f"{TRIES} times no sign of it")

    async def _attempt(self, motion: Motion, before: BoxStatus, deadline: Deadline) -> BoxStatus | Reply | None:
        """Send the motion once; see `_inquire` for what comes back."""
        ended = await self._exchange.run(COMMANDS[motion], deadline)
        if not isinstance(ended, Lost):
            return ended
        try:
            return await self._inquire(motion, before, ended, deadline)
        except asyncio.CancelledError:
            await to_the_end(self._cease(motion))
            raise

    async def _cease(self, motion: Motion) -> None:
        with contextlib.suppress(LinkLost):  # the next call finds it out; the cancel must reach its owner
            await self._exchange.stop(COMMANDS[motion])

    async def _conclude(self, motion: Motion, before: BoxStatus, reply: Reply, deadline: Deadline) -> BoxStatus:
        """Return what an answer says, or raise it."""
        if isinstance(reply, Failed):
            raise refusal(reply, device=self._device, command=COMMANDS[motion].name)
        after = await self._stand(motion, before, reply, deadline)
        return self._settled(motion, judge_answer(motion, before, after), after)

    async def _stand(self, motion: Motion, before: BoxStatus, done: Done, deadline: Deadline) -> BoxStatus:
        """Read the answer; where a card may have left through the gate or into the bin, the counter is read anew."""
        after = box_status(done.status, before.bin_count)
        if motion is not Motion.TO_BIN and not may_be_gone(motion, after):
            return after
        count = await self._inquiry.bin_count(deadline)
        return replace(after, bin_count=None if isinstance(count, Lost) else count)

    async def _inquire(
        self, motion: Motion, before: BoxStatus, lost: Lost, deadline: Deadline
    ) -> BoxStatus | Reply | None:
        """Find out what became of a motion without an answer.

        Return how the box stands (done), an answer that came late, or None: proved not done, may be repeated.
        """
        if lost.loss in STOPPED:
            return await self._after_stop(motion, before, lost, deadline)
        asking = before_stop(deadline)
        after: BoxStatus | Lost = lost
        looks_agree = False
        while asking.left_s():
            after = await self._inquiry.look(asking)
            if late := self._exchange.late(COMMANDS[motion]):
                return late
            if isinstance(after, Lost):
                continue  # the box may be deaf while it moves; a look without an answer takes its time
            verdict = judge_looks(motion, before, after, reached=lost.reached)
            if verdict is not Verdict.NOT_DONE:
                return self._settled(motion, verdict, after)
            if looks_agree:
                return None
            looks_agree = True
            await self._exchange.listen(asking.at_most(LOOK_AGAIN_S))
        if isinstance(after, Lost) and lost.loss is not Loss.NO_TIME:
            return await self._stop(motion, before, deadline)
        raise self._unknown(motion, lost.loss.value)

    async def _stop(self, motion: Motion, before: BoxStatus, deadline: Deadline) -> BoxStatus | Reply:
        """Stop a motion that may still be running."""
        ended = await self._exchange.stop(COMMANDS[motion])
        return await self._after_stop(motion, before, ended, deadline) if isinstance(ended, Lost) else ended

    async def _after_stop(self, motion: Motion, before: BoxStatus, lost: Lost, deadline: Deadline) -> BoxStatus | Reply:
        """Look once at a stopped motion; it is never repeated."""
        end_mono_s = max(deadline.end_mono_s, deadline.now_mono_s() + AFTER_STOP_S)
        after = await self._inquiry.look(replace(deadline, end_mono_s=end_mono_s))
        if late := self._exchange.late(COMMANDS[motion]):
            return late
        if isinstance(after, Lost):
            raise self._unknown(motion, f"{lost.loss.value}; then {after.loss.value}")
        return self._settled(motion, judge_looks(motion, before, after, reached=True), after)

    def _settled(self, motion: Motion, verdict: Verdict, after: BoxStatus) -> BoxStatus:
        """Return `after` when it proves the motion done; raise what it proves otherwise."""
        if verdict is Verdict.DONE:
            return after
        raise self._error_of(motion, verdict, after)

    def _error_of(self, motion: Motion, verdict: Verdict, after: BoxStatus) -> Refused | OutcomeUnknown:
        if verdict is Verdict.TAKEN:
            what = f"card box {self._device}: nothing to capture at {COMMANDS[motion].name}"
            return Refused("box.no_card", f"{what} (bin counter still {after.bin_count}); treat the card as taken")
        stands = f"card {after.card.value}, bin counter {after.bin_count}" if after.ready else "it lost power"
        return self._unknown(motion, stands)

    def _unknown(self, motion: Motion, why: str) -> OutcomeUnknown:
        what = f"card box {self._device}: {COMMANDS[motion].name} without a certain result ({why})"
        return OutcomeUnknown(f"{what}; ask status where the card is, never repeat the motion blindly")
