"""What central may order a kit to do, and how the kit says what became of it.

A command travels as an envelope of its own (business `COMMAND`, the context's sequence is the command's number), signed by
central's command key and sealed for one kit. The numbers of one kit only grow: an older one is refused, a missing one is
not waited for, because a command that expired or was cancelled before it was sent leaves a hole.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

MAX_TEXT = 500
Second = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]  # the last of the year 9999: what a clock can show

COMMAND = "command"  # business of the envelope that carries a `Command`
COMMAND_ACK = "command.ack"  # business of the outbox message that carries a `CommandAck`
SUPPORT = "support.bundle"  # business of the outbox message that carries a bundle, sealed for the support key


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of all orders; the tag is the kind, as commands, screens and logs name it."""


class Notify(Order, frozen=True, tag="notify"):
    """Show a text to whoever works with the kit."""

    text: str


class Reauthenticate(Order, frozen=True, tag="reauthenticate"):
    """Begin nothing new until the holder has proved again who he is."""


EVERY_BUSINESS = "*"


class Restrict(Order, frozen=True, tag="restrict"):
    """Refuse these businesses (catalogue ids; ``*`` all); the new list replaces the old, an empty one lifts it."""

    businesses: tuple[str, ...]


class Lock(Order, frozen=True, tag="lock"):
    """Refuse everything; desired state, the newest of lock and unlock wins."""


class Unlock(Order, frozen=True, tag="unlock"):
    """Lift the lock; desired state."""


class StopCardBox(Order, frozen=True, tag="stop_card_box"):
    """Refuse the card box alone, or (`stopped` False) allow it again."""

    stopped: bool = True


class Wipe(Order, frozen=True, tag="wipe"):
    """Erase keys and personal data. Refused while something is unsent, unless `force`."""

    force: bool = False


class SetPolicy(Order, frozen=True, tag="set_policy"):
    """Work by this version of the entity's policy, or a newer one; desired state."""

    version: int


class SupportBundle(Order, frozen=True, tag="support_bundle"):
    """Send a support bundle, sealed for the support key."""


class Cancel(Order, frozen=True, tag="cancel"):
    """Do not apply this command, if it is not applied yet."""

    command: str


AnyOrder = Notify | Reauthenticate | Restrict | Lock | Unlock | StopCardBox | Wipe | SetPolicy | SupportBundle | Cancel


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command for one kit. `seq` counts per kit; `not_before` and `expires` are seconds since 1970 (UTC), 0: never.

    `asked_by` and `approved_by` are the operators whose signatures central holds.
    """

    id: str
    entity: str
    kit: str
    seq: int
    order: AnyOrder
    reason: str
    asked_by: str
    approved_by: tuple[str, ...]
    issued_at: Second
    not_before: Second = 0
    expires: Second = 0


class Mode(enum.Enum):
    """What a kit may do. LOCKED is in force also while `Standing.finishing` names flows that come to their safe end."""

    OPEN = "open"
    RESTRICTED = "restricted"  # unlocked without network: no new business with a card until central was reached
    LOCKED = "locked"
    WIPED = "wiped"


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The kit's real state, as it says itself in every acknowledgement and every contact.

    `cause` is the id of the command that locked it, or ``lease`` or ``lost`` (its own record was missing); `refused` are the
    businesses of the last `Restrict`; `finishing` flows that a lock lets come to a safe end; `seq` the last command taken.
    """

    mode: Mode = Mode.OPEN
    cause: str = ""
    since: str = ""
    refused: tuple[str, ...] = ()
    box_stopped: bool = False
    reauthenticate: bool = False
    finishing: tuple[str, ...] = ()
    policy: int = 0
    seq: int = 0
    notice: str = ""


class Progress(enum.Enum):
    """How far a command got at the kit. All but RECEIVED are final."""

    RECEIVED = "received"  # durable at the kit
    APPLIED = "applied"
    REFUSED = "refused"  # the kit will not; `CommandAck.code` says why
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class CommandAck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of `COMMAND_ACK`. `code` is a stable dotted name when something was not done."""

    command: str
    seq: int
    progress: Progress
    at: str
    standing: Standing
    code: str = ""
    detail: str = ""
