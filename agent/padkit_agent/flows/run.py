"""One flow being driven: its state, who waits for whom, what only lives in memory (C3 values, the lease on the box)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from padkit_agent.core.actions import AnyAction, AskPerson, EnterPin
from padkit_agent.core.events import AnyEvent, CancelAsked, LockAsked, PersonSaid
from padkit_agent.core.flow import Flow
from padkit_agent.devices import LeasedDevice
from padkit_agent.devices.clock import end_now
from padkit_sdk.secrets import HiddenBytes

NOTHING = HiddenBytes(b"")
MAX_FRAME = 1 << 20  # bytes of a picture that a page is shown
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")  # how a JPEG, a PNG, a WebP begins


@dataclass(slots=True)
class Run:
    """The moving part of a flow. `halted` holds the reason while the store cannot write.

    `cancel` is set while it shall stop where that is safe: a person wants it (`cancel_by`), or a rule does (`locked_by`).
    """

    flow: Flow
    action: AnyAction | None
    answer: asyncio.Future[PersonSaid] = field(default_factory=asyncio.Future)
    cancel: asyncio.Event = field(default_factory=asyncio.Event)
    cancel_by: str = ""
    locked_by: str = ""
    chip_c3: dict[str, Any] = field(default_factory=dict, repr=False)
    said_c3: dict[str, Any] = field(default_factory=dict, repr=False)
    portrait: HiddenBytes = NOTHING  # the chip's photo, decoded, until its sitting is decided; a restart forgets it
    code: HiddenBytes = NOTHING  # what the customer typed from his telephone, until central judged it
    frame: HiddenBytes = NOTHING  # what the camera gave last, for the page, while pictures are taken
    envelope: str = ""
    shown: int = 0  # the round whose pictures and documents central has; a restart forgets it
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    box: LeasedDevice | None = None
    halted: str = ""
    uses_box: bool = True  # what is known of it before its entry was read

    @property
    def confirmed(self) -> bool:
        """Whether the customer has said the last word before P1, though its row may not be on disk yet."""
        asked = isinstance(self.action, AskPerson) and self.action.what == "confirm"
        return asked and self.answer.done() and not self.answer.cancelled()

    @property
    def wish(self) -> CancelAsked | LockAsked:
        """What is asked of it while `cancel` is set; a lock comes before a person."""
        return LockAsked(self.locked_by) if self.locked_by else CancelAsked(self.cancel_by)

    def obey(self, why: str) -> None:
        """Stop where it is safe because of `why`; empty: the rule is lifted, a person's wish stays."""
        self.locked_by = why
        if why:
            self.cancel.set()
        elif not self.cancel_by:
            self.cancel.clear()

    def see(self, picture: HiddenBytes) -> None:
        """Let the page show a picture that was taken for the flow; none is taken for the page."""
        if picture.data.startswith(PICTURES) and len(picture.data) <= MAX_FRAME:
            self.frame = picture

    def go_on(self, flow: Flow, action: AnyAction | None) -> None:
        """Stand at the next action; an answer to an earlier question counts for nothing any more."""
        self.flow, self.action, self.answer = flow, action, asyncio.Future()
        self.frame = NOTHING
        if flow.ended or not flow.photo:
            self.portrait = NOTHING  # nobody is compared with it any more
        if isinstance(action, EnterPin):
            self.said_c3.pop(
                action.field, None
            )  # a PIN block is bound to its card: none outlives the next question for it
        elif isinstance(action, AskPerson) and action.what == "pin":
            self.said_c3 = {}

    def take_c3(self, names: Collection[str]) -> dict[str, Any]:
        """Return the C3 values for one request. What a person entered is good for this one only."""
        c3, self.said_c3 = {**self.chip_c3, **self.said_c3}, {}
        return {name: value for name, value in c3.items() if name in names}

    async def let_go(self) -> None:
        """Give the devices back."""
        self.box = None
        await self.stack.aclose()
        self.stack = AsyncExitStack()


async def unless_cancelled(work: Coroutine[Any, Any, AnyEvent], run: Run) -> AnyEvent:
    """Wait for the work or for a wish to stop; the wish wins. The work runs in this very task: a lease dies with its task."""
    wish, working = asyncio.ensure_future(run.cancel.wait()), True
    try:
        async with asyncio.timeout(None) as scope:
            wish.add_done_callback(lambda _: end_now(scope) if working else None)
            event = await work
    except TimeoutError:
        if not scope.expired():
            raise
    finally:
        working = False
        wish.cancel()
    return run.wish if run.cancel.is_set() else event
