"""What can happen to a flow: results of its actions, a person's wish, waking up after a crash."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from padkit_agent.core.compare import Comparison
from padkit_contract.authorise import AuthAnswer
from padkit_contract.checks import CheckResult
from padkit_contract.messages import Outcome, Result


class Event(msgspec.Struct, frozen=True, tag_field="ev"):
    """Base of all events; the tag is the name in the journal."""


class Place(enum.Enum):
    """Where the box says its card is."""

    NONE = "none"
    GATE = "gate"
    INSIDE = "inside"
    UNCLEAR = "unclear"


class Seen(msgspec.Struct, frozen=True):
    """One look at the box. `lost_power` is True when it had to be made ready first; `bin_count` None when unreadable."""

    place: Place
    bin_count: int | None
    bin_full: bool
    empty: bool
    lost_power: bool = False


class Waived(Event, frozen=True, tag="waived"):
    """A step was passed; what stands in for it is written into the evidence."""

    step: str


class IdentityRead(Event, frozen=True, tag="identity_read"):
    """The chip was read; `fields` are catalogue fields, `digest` is SM3 over the raw record.

    `photo` says that the chip's photo was decoded; it is in memory only.
    """

    fields: dict[str, Any]
    module_number: str
    digest: str
    at_s: float
    photo: bool = False


class DocumentRead(Event, frozen=True, tag="document_read"):
    """A side was read and compared with the chip; `digest` is SM3 over the picture, `note` names way and models.

    Nothing that stands on the card is in here.
    """

    side: str
    compared: tuple[Comparison, ...]
    digest: str
    note: str
    result: Result | None = None


class Likeness(msgspec.Struct, frozen=True):
    """A face beside the chip's photo; `note` names score, threshold and models."""

    alike: bool
    note: str
    result: Result | None = None


class FaceChecked(Event, frozen=True, tag="face_checked"):
    """A sitting ended. `signs` name what speaks for an attack; `digest` is SM3 over the best frame, empty without one.

    `note` names rule, score, threshold, layers and models; `likeness` is None when nothing was compared, and `uncompared` says
    why when the chip's photo was there.
    """

    live: bool
    signs: tuple[str, ...]
    digest: str
    note: str
    likeness: Likeness | None = None
    result: Result | None = None
    uncompared: str = ""


class PhotoLost(Event, frozen=True, tag="photo_lost"):
    """The chip's photo, which a sitting needs, is in memory no more: the agent started again since the chip was read."""


class TryAgain(Event, frozen=True, tag="try_again"):
    """A person can fix it and the same step may be done again."""

    hint: str


class DeviceAway(Event, frozen=True, tag="device_away"):
    """A device is not there (cable, radio, worker, or another one in its place)."""

    device: str
    why: str


class DeviceBack(Event, frozen=True, tag="device_back"):
    """The awaited device is ready again."""

    device: str


class BoxSeen(Event, frozen=True, tag="box_seen"):
    """The answer to a look."""

    seen: Seen


class Moved(Event, frozen=True, tag="moved"):
    """A stage or a move ended well."""

    seen: Seen


class BoxFault(Event, frozen=True, tag="box_fault"):
    """The box refused or failed a motion; `fault` is the dotted name, `seen` what it said afterwards (None: nothing)."""

    fault: str
    seen: Seen | None


class Doubtful(Event, frozen=True, tag="doubtful"):
    """A motion was sent and its end is not known."""

    why: str


class ChipRead(Event, frozen=True, tag="chip_read"):
    """The staged card says who it is. Expiry and track data stay in memory."""

    card_no: str
    card_seq: str


class ChipUnreadable(Event, frozen=True, tag="chip_unreadable"):
    """The chip is mute or makes no sense."""

    why: str


class PinEntered(Event, frozen=True, tag="pin_entered"):
    """Two equal PINs were entered at the keypad; `key_id` and `format` name what its block is encrypted with, and how."""

    key_id: str
    format: str


class DocumentSet(Event, frozen=True, tag="document_set"):
    """A document was set: `version` and `template` (SM3) of its template, `digest` the SM3 of its PDF."""

    document: str
    version: int
    template: str
    digest: str


class DocumentNotSet(Event, frozen=True, tag="document_not_set"):
    """A document cannot be set from what the flow knows, or not as it was; `why` names document and field, no value."""

    why: str


class DocumentSigned(Event, frozen=True, tag="document_signed"):
    """The customer signed: `read` is the SM3 of what was read, `signed` of the PDF that is kept, `binding` made as `scheme` says.

    The hand itself is kept with the flow's files, never here.
    """

    document: str
    version: int
    language: str
    read: str
    signed: str
    scheme: str
    binding: str


class Sealed(Event, frozen=True, tag="sealed"):
    """The bank's seal is on the receipt: whose it is, when it was put (ISO 8601), `digest` the SM3 of the stamp that is kept."""

    by: str
    at: str
    digest: str


class Checked(Event, frozen=True, tag="checked"):
    """Central's word on each check that was asked for."""

    results: tuple[CheckResult, ...]


class CodeSent(Event, frozen=True, tag="code_sent"):
    """A code is on its way to the customer's telephone."""


class CodeJudged(Event, frozen=True, tag="code_judged"):
    """Central's word on the code that was typed; `left` tries remain, `at` is central's time."""

    right: bool
    left: int
    at: str


class CodeLost(Event, frozen=True, tag="code_lost"):
    """The code that was typed is in memory no more: the agent started again."""


class Decided(Event, frozen=True, tag="decided"):
    """The centre's authorisers decided, or the request ended by its time."""

    answer: AuthAnswer


class Answered(Event, frozen=True, tag="answered"):
    """Central answered the request that waited."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    final: bool = False
    fields: dict[str, Any] = {}

    @property
    def told(self) -> str:
        """Code and message for people, the code once."""
        return self.message if self.message.startswith(f"{self.code}:") else f"{self.code} {self.message}".strip()


class Silent(Event, frozen=True, tag="silent"):
    """No answer in time, or a receipt only."""

    why: str = ""


class PersonSaid(Event, frozen=True, tag="person_said"):
    """A person answered a question; `by` names who (two where two are asked), `fields` are catalogue fields without C3."""

    what: str
    choice: str
    by: tuple[str, ...] = ()
    fields: dict[str, Any] = {}


class CancelAsked(Event, frozen=True, tag="cancel_asked"):
    """The customer or the manager wants to stop."""

    by: str = ""


class LockAsked(Event, frozen=True, tag="lock_asked"):
    """Central (or the kit by itself) stops flows where that is safe (F27); `why` is the rule, ``kit.locked`` or the box's."""

    why: str


class Paused(Event, frozen=True, tag="paused"):
    """A pause is over."""


class CardTaken(Event, frozen=True, tag="card_taken"):
    """The gate cleared, no motion was outstanding, and the bin counter did not change."""


class NotTaken(Event, frozen=True, tag="not_taken"):
    """The card is still at the gate after the time allowed."""


class TakenUnclear(Event, frozen=True, tag="taken_unclear"):
    """The gate's sensors or the counter do not tell whether the card was taken."""

    why: str


class Woke(Event, frozen=True, tag="woke"):
    """The agent started again, or a halted flow goes on: the last action may or may not have happened."""

    at_s: float


AnyEvent = (
    Waived
    | IdentityRead
    | DocumentRead
    | FaceChecked
    | PhotoLost
    | TryAgain
    | DeviceAway
    | DeviceBack
    | BoxSeen
    | Moved
    | BoxFault
    | Doubtful
    | ChipRead
    | ChipUnreadable
    | PinEntered
    | DocumentSet
    | DocumentNotSet
    | DocumentSigned
    | Sealed
    | Checked
    | CodeSent
    | CodeJudged
    | CodeLost
    | Decided
    | Answered
    | Silent
    | PersonSaid
    | CancelAsked
    | LockAsked
    | Paused
    | CardTaken
    | NotTaken
    | TakenUnclear
    | Woke
)
