"""The rules of a kit's chain: whether a record fits what is booked around it, in whatever order records come. No I/O here.

The one that came second is refused, though the first may be the forged one: the alarm names both.
"""

from __future__ import annotations

from padkit_central.store.chain_records import Alarm, How, Link, Near
from padkit_contract.catalogue import is_function
from padkit_contract.chain import START, link_of
from padkit_contract.commands import COMMAND_ACK
from padkit_contract.contact import CHAIN_VOID
from padkit_contract.context import Context
from padkit_contract.messages import CARD_LEDGER, CASE, EVIDENCE, REVERSAL

# Never outside the chain: every function, and these.
OTHER_RECORDS = frozenset({REVERSAL, CARD_LEDGER, EVIDENCE, CASE, COMMAND_ACK, CHAIN_VOID})


def is_record(business: str) -> bool:
    """Tell whether messages of a business stand in their kit's chain; questions do not."""
    return business in OTHER_RECORDS or is_function(business)


def link_in(context: Context, payload: bytes) -> Link:
    """Return the place that an opened record takes."""
    link = link_of(context.previous, context.sequence, context.envelope, context.business, payload)
    return Link(context.sequence, context.envelope, context.previous, link)


def outside(context: Context) -> Alarm | None:
    """Return what is wrong with an envelope that claims no place: only questions may."""
    if not is_record(context.business):
        return None
    return Alarm("chain.outside", 0, context.envelope, f"{context.business} without a place in the kit's chain")


def fits(new: Link, near: Near) -> Alarm | None:
    """Return what is wrong when `new` is to stand where it says; None when it fits, or stands there already."""
    if near.here is not None and not _same(new, near.here):
        return _taken(new, near.here)
    if near.twin is not None:
        return _alarm("chain.reordered", new, f"the same envelope stands at place {near.twin.seq} already")
    if near.here is not None and near.here.how is not How.STATED:
        return None
    if near.sibling is not None:
        return _alarm("chain.fork", new, f"names the same record before it as {_named(near.sibling)}", suspends=True)
    return _joined(new, near) if new.chained else _loose(new, near)


def stated(new: Link, near: Near) -> Alarm | None:
    """Return what is wrong when the kit states `new` as its last record."""
    if near.here is not None:
        return (
            None
            if near.here.link == new.link
            else _invented(new, f"the kit states another one than {_named(near.here)}")
        )
    if near.after is not None and near.after.chained and near.after.previous != new.link:
        return _invented(new, f"the kit states another one than {_named(near.after)}, which stands behind it, names")
    if near.child is not None:
        return _invented(new, f"the kit states one that {_named(near.child)} names, which does not stand behind it")
    return None


def _same(new: Link, here: Link) -> bool:
    """Whether both are one record; of a stated one only the link is known."""
    if here.how is How.STATED:
        return new.link == here.link
    return (new.envelope, new.previous, new.link) == (here.envelope, here.previous, here.link)


def _taken(new: Link, here: Link) -> Alarm:
    if here.how is How.STATED:
        return _invented(new, "is not the one that the kit stated as its last")
    return _alarm("chain.fork", new, f"a second record at the place of {_named(here)}", suspends=True)


def _loose(new: Link, near: Near) -> Alarm | None:
    """A kit's records of before it had a chain may come late, but stand before it."""
    if near.lowest is not None and new.seq > near.lowest.seq:
        return _broken(new, f"names no record before it, but the chain has begun by place {near.lowest.seq}")
    if near.after is not None and near.after.chained and near.after.previous != START:
        return _broken(new, f"is not the one that {_named(near.after)} names")
    return None


def _joined(new: Link, near: Near) -> Alarm | None:
    before, after = near.before, near.after
    if near.loose is not None and near.loose.seq > new.seq:
        return _broken(new, f"stands before {_named(near.loose)}, which is outside the chain")
    if before is not None and new.previous != (
        START if before.how is How.RECORD and not before.chained else before.link
    ):
        return _broken(new, f"does not name {_named(before)}, which stands before it")
    if after is not None and after.chained and after.previous != new.link:
        return _broken(new, f"is not the one that {_named(after)}, which stands behind it, names")
    for other in (near.parent, near.child):
        if other is not None:
            return _broken(new, f"is joined to {_named(other)}, which does not stand beside it")
    if new.previous == START and near.lowest is not None and near.lowest.seq < new.seq:
        return _broken(new, f"calls itself the first, behind place {near.lowest.seq}")
    if near.start is not None and near.start.seq > new.seq:
        return _broken(new, f"stands before {_named(near.start)}, the first of the chain")
    return None


def _broken(new: Link, detail: str) -> Alarm:
    return _alarm("chain.broken", new, detail)


def _invented(new: Link, detail: str) -> Alarm:
    return _alarm("chain.invented", new, detail)


def _alarm(code: str, new: Link, detail: str, *, suspends: bool = False) -> Alarm:
    return Alarm(code, new.seq, new.envelope, detail, suspends)


def _named(link: Link) -> str:
    return f"record {link.seq} (envelope {link.envelope})" if link.envelope else f"record {link.seq}"
