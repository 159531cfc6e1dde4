"""The rules of orders: what may be asked for beside what is pending, what a newer one supersedes, what may be sent next.

No I/O, no clock. The states and their table are the store's (`store.order_records.NEXT`), because its updates are guarded by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from padkit_central.store import AT_KIT, UNSENT, Asked, KitWord, Place, Placed, Target, TargetState, Verdict
from padkit_contract.commands import AnyOrder, Cancel, Lock, Mode, Order, Progress, SetPolicy, Standing, Unlock, Wipe
from padkit_contract.errors import Invalid

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
EXPIRY_S: dict[type[Order], int] = {Lock: 0, Unlock: 15 * MINUTE_S, Cancel: 0, SetPolicy: 30 * DAY_S}  # 0: never
USUAL_EXPIRY_S = 24 * HOUR_S
REVOKED, WIPED = "revoked", "wiped"  # in the register
FIRST_TRY_S, LONGEST_TRY_S = 10, HOUR_S


def kind_of(order: AnyOrder) -> str:
    """Return the kind as commands, screens and logs name it."""
    return str(order.__struct_config__.tag)


KINDS = {kind: str(kind.__struct_config__.tag) for kind in Order.__subclasses__()}
LOCK, UNLOCK, CANCEL, WIPE, POLICY = (KINDS[kind] for kind in (Lock, Unlock, Cancel, Wipe, SetPolicy))
SLOTS = {LOCK: "lock", UNLOCK: "lock", POLICY: "policy"}  # desired state: the newest wins


def expiry_of(order: AnyOrder, asked_at: int) -> int:
    """Return when an order ends that nobody gave an end, in seconds since 1970; 0: never."""
    after_s = EXPIRY_S.get(type(order), USUAL_EXPIRY_S)
    return asked_at + after_s if after_s else 0


def approvals_needed(order: AnyOrder, kits: int, *, lock_alone_max: int) -> int:
    """Return how many other people must approve."""
    match order:
        case Wipe():
            return 1
        case Lock():
            return int(kits > lock_alone_max)
        case _:
            return 0


def next_try_s(tries: int) -> int:
    """Return how long a kit may take to acknowledge before the command is sent again; `tries` counts from 1."""
    return min(FIRST_TRY_S << min(tries - 1, 16), LONGEST_TRY_S)


def ask(asked: Asked, place: Place) -> Verdict:
    """Judge an order that is asked for at one kit.

    Raises `Invalid` ``command.pending``, ``wipe.unlocked``, ``kit.wiped``, ``kit.revoked``.
    """
    kind = kind_of(asked.order)
    for there in place.pending:
        if _equal(asked.order, there.asked.order) and not (there.target.state is TargetState.ASKED and not asked.needs):
            raise Invalid(
                "command.pending",
                f"{place.word.kit}: {kind} {there.asked.command} of {there.asked.asked_at} by {there.asked.asked_by} is"
                f" {there.target.state.value}; wait for it, or cancel it",
            )
    if is_wiped(place.word):
        raise Invalid("kit.wiped", f"{place.word.kit}: it is wiped; enrol it again")
    if place.word.state == REVOKED:
        raise Invalid("kit.revoked", f"{place.word.kit}: it is revoked, no command reaches it; enrol it again")
    if isinstance(asked.order, Wipe) and not _will_be_locked(place, ahead=place.pending):
        raise Invalid("wipe.unlocked", f"{place.word.kit}: a wipe needs a lock before it; lock the kit first")
    return Verdict()


def queue(asked: Asked, place: Place) -> Verdict:
    """Judge an order that is about to be queued at one kit: what ends by it, and where it goes."""
    order = asked.order
    if isinstance(order, Cancel):
        return _cancel(order, place)
    if isinstance(order, Wipe) and not _will_be_locked(place, ahead=_in_queue(place)):
        return Verdict(state=TargetState.REFUSED, code="wipe.unlocked")
    slot = SLOTS.get(kind_of(order))
    older = [it for it in place.pending if slot and SLOTS.get(it.target.kind) == slot]
    unsent = [it for it in older if it.target.state in UNSENT]
    return Verdict(
        ends={it.asked.command: TargetState.SUPERSEDED for it in unsent},
        over=isinstance(order, Lock) or len(older) > len(unsent),
    )


def sendable(place: Place) -> tuple[Placed, ...]:
    """Return what may be on its way now, in order: the first that has no end yet, and behind it only what waits for nobody.

    Those are a lock, a cancel of what was sent, and the newer wish for what was sent. A policy that the kit has on its disk
    and is still fetching holds nobody up: it may not be there for weeks, and an unlock behind it must not wait for it.
    """
    going: list[Placed] = []
    for each in _in_queue(place):
        if any(map(_holds_up, going)) and not _waits_for_nobody(each, going):
            break
        going.append(each)
    return tuple(going)


def may_leave(placed: Placed, place: Place) -> bool:
    """Tell whether a command may still leave central: a wipe only to a kit that is locked."""
    return not isinstance(placed.asked.order, Wipe) or placed.target.state in AT_KIT or is_locked(place)


def is_locked(place: Place) -> bool:
    """Tell whether the kit is locked, by the result of the last lock or unlock, or by its own later word."""
    standing = standing_of(place.word)
    last = place.last_lock
    if last is not None and (standing is None or standing.seq < last.seq):
        return last.kind == LOCK
    return standing is not None and standing.mode is Mode.LOCKED


def is_wiped(word: KitWord) -> bool:
    """Tell whether the kit is wiped, by the register or by its own word."""
    standing = standing_of(word)
    return word.state == WIPED or (standing is not None and standing.mode is Mode.WIPED)


def shown(place: Place) -> str:
    """Return how the kit stands, in one word for people: what is under way first, then what is known."""
    wanted = [it.target.kind for it in place.pending if it.target.kind in (LOCK, UNLOCK, WIPE)]
    if wanted:
        return f"{wanted[-1]} pending"
    if is_locked(place):
        return Mode.LOCKED.value
    standing = standing_of(place.word)
    if standing is None:
        return Mode.OPEN.value if place.last_lock else "unknown"
    return Mode.OPEN.value if standing.mode is Mode.LOCKED else standing.mode.value


def standing_of(word: KitWord) -> Standing | None:
    """Return the kit's own last word."""
    return msgspec.json.decode(word.standing, type=Standing) if word.standing else None


def state_of(progress: Progress) -> TargetState:
    """Return the state that a kit's acknowledgement asks for; both sides name it by the same word."""
    return TargetState(progress.value)


def _equal(new: AnyOrder, there: AnyOrder) -> bool:
    """Tell whether only one of the two may be pending: the same kind; a version or a cancelled command tells two apart."""
    if isinstance(new, (Cancel, SetPolicy)):
        return new == there
    return type(new) is type(there)


def _cancel(order: Cancel, place: Place) -> Verdict:
    named = next((it for it in place.pending if it.asked.command == order.command), None)
    if named is None:
        return Verdict(state=TargetState.REFUSED, code="cancel.late")
    if named.target.state in UNSENT:
        return Verdict(ends={order.command: TargetState.CANCELLED}, state=TargetState.APPLIED)
    return Verdict(over=True)


def _in_queue(place: Place) -> tuple[Placed, ...]:
    queued = [it for it in place.pending if it.target.seq]
    return tuple(sorted(queued, key=lambda it: it.target.seq))


def _holds_up(going: Placed) -> bool:
    return not (going.target.kind == POLICY and going.target.state is TargetState.RECEIVED)


def _waits_for_nobody(each: Placed, going: Sequence[Placed]) -> bool:
    slot = SLOTS.get(each.target.kind)
    return each.target.kind in (LOCK, CANCEL) or any(slot and SLOTS.get(it.target.kind) == slot for it in going)


def _will_be_locked(place: Place, *, ahead: Sequence[Placed]) -> bool:
    """Tell whether the kit is locked, or is by what goes before."""
    wishes: list[Target] = [it.target for it in ahead if it.target.kind in (LOCK, UNLOCK)]
    return wishes[-1].kind == LOCK if wishes else is_locked(place)
