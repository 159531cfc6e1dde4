"""One command, one answer, over any byte link: silence, cut frames, late answers, and one resend."""

from __future__ import annotations

from collections.abc import Iterator

from padkit_back_clip.protocol import Command, Decoder, Reply, Status, encode
from padkit_sdk import BadFrame, ByteLink, OutcomeUnknown
from padkit_sdk.deadline import Deadline

BYTE_GAP_S = 0.5  # manual 2: a longer gap inside a frame ends it
COMPLAINTS = frozenset({Status.BAD_CHECKSUM, Status.BAD_LENGTH})  # the reader did not understand our bytes
WORTH_A_RESEND = (BadFrame, OutcomeUnknown)  # harmless: no command of the reader changes anything but its own state


class Exchange:
    """Asks a reader. One call at a time; a cancelled one leaves nothing behind but, perhaps, a late answer."""

    def __init__(self, link: ByteLink, device: str) -> None:
        self._link = link
        self._device = device

    async def ask(self, command: Command, deadline: Deadline) -> Reply:
        """Send `command`, return the answer that fits it; a garbled or missing answer is asked for once more.

        Raises: `LinkLost`; `BadFrame` when the answer, or the reader's view of our command, was garbled twice;
        `OutcomeUnknown` when there was none in the command's own limit or before `deadline`.
        """
        try:
            return await self._ask_once(command, deadline)
        except WORTH_A_RESEND:
            if not deadline.left_s():
                raise
        return await self._ask_once(command, deadline)

    async def rest(self, pause_s: float, deadline: Deadline) -> None:
        """Listen to nothing in particular for `pause_s`, or until `deadline`; what arrives is dropped."""
        pause = Deadline.after(deadline.at_most(pause_s), deadline.now_mono_s)
        while left_s := pause.left_s():
            await self._link.read(timeout_s=left_s)

    async def _ask_once(self, command: Command, deadline: Deadline) -> Reply:
        self._link.discard_input()
        frame = encode(command)
        await self._link.write(frame)
        reply = await self._answer(command, deadline)
        if reply.status in COMPLAINTS:
            raise BadFrame(f"identity reader {self._device} complains of {reply.status.name.lower()} in", frame)
        return reply

    async def _answer(self, command: Command, deadline: Deadline) -> Reply:
        """The first reply that fits. The command's limit is for its beginning; then the byte gap rules."""
        decoder = Decoder()
        patience = Deadline.after(deadline.at_most(command.limit_s), deadline.now_mono_s)
        while True:
            inside = decoder.inside_frame
            wait_s = deadline.at_most(BYTE_GAP_S) if inside else patience.left_s()
            data = await self._link.read(timeout_s=wait_s) if wait_s else b""
            reply = _fitting(command, decoder.feed(data) if data else decoder.give_up())
            if reply is not None:
                return reply
            if not data:
                raise self._silence(command, cut=inside and deadline.left_s() > 0)

    def _silence(self, command: Command, *, cut: bool) -> BadFrame | OutcomeUnknown:
        where = f"identity reader {self._device}: answer to '{command.name}'"
        if cut:
            return BadFrame(f"{where} was cut off")
        return OutcomeUnknown(f"{where} did not come in time; check that it is connected, then read again")


def _fitting(command: Command, replies: Iterator[Reply]) -> Reply | None:
    return next((reply for reply in replies if command.fits(reply)), None)
