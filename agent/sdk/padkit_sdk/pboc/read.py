"""Reading a bank card over any `ChipCard`: power, dialogue, one cold reset when it fails, power off in every case."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date

from padkit_sdk.deadline import Deadline
from padkit_sdk.errors import BadFrame, DeviceFault, OutcomeUnknown, PadkitError
from padkit_sdk.pboc.card_data import CardData
from padkit_sdk.pboc.dialogue import reading
from padkit_sdk.pboc.pdol import Terminal
from padkit_sdk.pboc.select import Dialogue, Directory
from padkit_sdk.ports import ChipCard

# Reference section 5; the limit of the whole reading (10 s there) is the caller's.
POWER_ON_S = 1.0
APDU_S = 2.0
POWER_OFF_S = 1.0  # of its own: contacts are switched off also when the deadline is spent
MEDIA_FAULTS = frozenset({"chip.mute", "chip.off", "chip.activation", "chip.transmission"})


async def read_card(
    chip: ChipCard,
    *,
    today: date,
    random_bytes: Callable[[int], bytes],
    now_mono_s: Callable[[], float],
    timeout_s: float,
    directory: Directory = Directory.PSE,
    bins: Collection[str] = (),
) -> CardData:
    """Power the chip, read number, track 2, expiry and all else, power it off; also when it fails or is cancelled.

    `today` and `random_bytes` go to the card as it asks for them; an empty `bins` allows every issuer.

    Raises:
        DeviceFault: ``chip.unreadable`` when it failed, was reset cold and failed again, or the time is over;
            ``chip.absent``; what `reading` raises about card and number.
        OutcomeUnknown: the device that holds the chip gave no certain answer, twice.
        LinkLost: that device is gone.
    """
    deadline = Deadline.after(timeout_s, now_mono_s)

    async def attempt() -> CardData:
        return await _attempt(chip, reading(Terminal(today, random_bytes(4)), directory, bins), deadline)

    try:
        return await attempt()
    except (BadFrame, DeviceFault, OutcomeUnknown) as exc:
        if not _is_media(exc):
            raise
    try:
        return await attempt()
    except (BadFrame, DeviceFault) as exc:
        if not _is_media(exc):
            raise
        why = exc.fault if isinstance(exc, DeviceFault) else exc.reason
        raise DeviceFault(
            "chip.unreadable", f"chip: failed again after a cold reset ({why}); take another card", raw=why
        ) from exc


def _is_media(error: PadkitError) -> bool:
    """Whether a cold reset may help: the chip, or the way to it, garbled or fell silent."""
    return not isinstance(error, DeviceFault) or error.fault in MEDIA_FAULTS


async def _attempt(chip: ChipCard, dialogue: Dialogue[CardData], deadline: Deadline) -> CardData:
    try:
        await chip.power_on(timeout_s=_share(deadline, POWER_ON_S))
        data = await _converse(chip, dialogue, deadline)
        await chip.power_off(timeout_s=POWER_OFF_S)
    except BaseException:
        with suppress(PadkitError):  # the first error tells more
            await chip.power_off(timeout_s=POWER_OFF_S)
        raise
    return data


async def _converse(chip: ChipCard, dialogue: Dialogue[CardData], deadline: Deadline) -> CardData:
    command = next(dialogue)
    while True:
        answer = await chip.transmit(command, timeout_s=_share(deadline, APDU_S))
        try:
            command = dialogue.send(answer)
        except StopIteration as done:
            card: CardData = done.value
            return card


def _share(deadline: Deadline, limit_s: float) -> float:
    if not deadline.left_s():
        raise DeviceFault("chip.unreadable", "chip: not read in the time given; take another card")
    return deadline.at_most(limit_s)
