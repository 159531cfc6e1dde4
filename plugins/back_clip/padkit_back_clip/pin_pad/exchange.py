"""One command, one answer, over any byte link: silence, spoiled frames, resends; keys that are pressed in between are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from padkit_back_clip.pin_pad.faults import fault_of
from padkit_back_clip.pin_pad.protocol import Answer, Decoder, Said, encode
from padkit_sdk import BadFrame, ByteLink, OutcomeUnknown
from padkit_sdk.deadline import Deadline

ANSWER_S = 1.0  # manual 2
RETRIES = 4  # manual 2; no command of ours does more when it is done twice
BYTE_GAP_S = 0.25


class Exchange:
    """Asks a keypad. `keys` are those pressed since the last answer."""

    def __init__(self, link: ByteLink, device: str) -> None:
        self._link = link
        self._device = device
        self._decoder = Decoder()
        self.keys: deque[Said] = deque()

    async def ask(self, text: str, what: str, deadline: Deadline, *, retries: int = RETRIES) -> Answer:
        """Send command `text`, return its answer; `what` names it in messages.

        Raises `AskAgain` or `DeviceFault` for an E-code, `BadFrame` when the answers were spoiled, `OutcomeUnknown` when there
        was none, `LinkLost`.
        """
        trouble: BadFrame | None = None
        for _ in range(1 + retries):
            try:
                answer = await self._ask_once(text, deadline)
            except BadFrame as exc:
                trouble, answer = exc, None
            if answer is not None:
                if answer.error:
                    raise fault_of(answer.error, what, self._device)
                return answer
            if not deadline.left_s():
                break
        if trouble is not None:
            raise trouble
        raise OutcomeUnknown(
            f"PIN keypad {self._device}: no answer to '{what}' in time; check its cable, then look again"
        )

    async def next_key(self, deadline: Deadline) -> Said | None:
        """The next pressed key, None when `deadline` is over. Raises what an unasked E-code stands for."""
        while not self.keys:
            left_s = deadline.left_s()
            if not left_s:
                return None
            wait_s = min(left_s, BYTE_GAP_S) if self._decoder.inside_frame else left_s
            data = await self._link.read(timeout_s=wait_s)
            for said in self._hear(data):
                if isinstance(said, Said):
                    self.keys.append(said)
                elif said.error:
                    raise fault_of(said.error, "PIN entry", self._device)
        return self.keys.popleft()

    async def _ask_once(self, text: str, deadline: Deadline) -> Answer | None:
        self._link.discard_input()
        self._decoder = Decoder()
        self.keys.clear()
        await self._link.write(encode(text))
        patience = Deadline.after(deadline.at_most(ANSWER_S), deadline.now_mono_s)
        while left_s := patience.left_s():
            wait_s = min(left_s, BYTE_GAP_S) if self._decoder.inside_frame else left_s
            data = await self._link.read(timeout_s=wait_s)
            answer: Answer | None = None
            for said in self._hear(data):
                if isinstance(said, Answer):
                    answer = answer or said
                elif answer is not None:
                    self.keys.append(said)
            if answer is not None:
                return answer
        return None

    def _hear(self, data: bytes) -> Iterator[Answer | Said]:
        return self._decoder.feed(data) if data else self._decoder.give_up()
