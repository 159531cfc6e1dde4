"""Answers of the local API, so that each route's shape can be described. Of personal data only `Summary` has some."""

from __future__ import annotations

import msgspec

from padkit_agent.core.asked import Choice, Field
from padkit_agent.core.queue import Item, QueueState
from padkit_agent.devices import DeviceState, DeviceView
from padkit_agent.flows import FlowView, FunctionView
from padkit_agent.store import CaseRow
from padkit_contract.commands import Standing


class Alive(msgspec.Struct, frozen=True):
    """Somebody is there."""

    alive: bool = True


class DeviceLine(msgspec.Struct, frozen=True):
    """A device's name and state."""

    name: str
    state: DeviceState


class Status(msgspec.Struct, frozen=True):
    """The kit and how it stands.

    `online` is None before the first try, `policy` before the first pack; `shut_out` is why central does not let it in, else
    empty; `unsent` counts the outbox rows that central has not answered, the oldest written at `unsent_since` (UTC, or empty);
    `queue` is all that waits, evidence packages too, and how near the quotas are;
    `page` is where the page is served, or empty; `practice` says that this kit is one to practise on, `can_practise` that one
    can be begun beside this kit.
    """

    kit: str
    entity: str
    online: bool | None
    shut_out: str
    policy: int | None
    standing: Standing
    devices: tuple[DeviceLine, ...]
    open_flows: int
    open_cases: int
    unsent: int
    unsent_since: str
    queue: QueueState
    page: str
    practice: bool
    can_practise: bool


class DeviceList(msgspec.Struct, frozen=True):
    """Every device of the kit profile."""

    devices: tuple[DeviceView, ...]


class Retried(msgspec.Struct, frozen=True):
    """The device that has a new chance."""

    retried: str


class FlowList(msgspec.Struct, frozen=True):
    """Flows, the oldest first."""

    flows: tuple[FlowView, ...]


class FunctionList(msgspec.Struct, frozen=True):
    """Every function of the catalogue and of the entity's own, by its id."""

    functions: tuple[FunctionView, ...]


class Begun(msgspec.Struct, frozen=True):
    """The new flow's id."""

    flow: str


class Taken(msgspec.Struct, frozen=True):
    """It was taken; the events tell what comes of it."""

    taken: bool = True


class DocumentView(msgspec.Struct, frozen=True):
    """The document that a flow shows now: its names by language, and the SM3 of its PDF, under which it is given."""

    document: str
    version: int
    language: str
    digest: str
    title: dict[str, str]
    pages: int


class AskedForm(msgspec.Struct, frozen=True):
    """What people are asked for, in this order, with its texts: questions or form of a flow, or what comes before it begins.

    `notes` is what may be noted beside a question.
    """

    fields: tuple[Field, ...]
    notes: tuple[Choice, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """What the customer confirms at last; empty is what this function does not have. For the screen before him alone."""

    name: str
    last4: str
    account_class: str
    limit_day: str

    def __repr__(self) -> str:
        return "Summary(…)"


class SpokenText(msgspec.Struct, frozen=True):
    """A document's wording for reading aloud, paragraph by paragraph, without what was filled in; `language` is its own."""

    language: str
    paragraphs: tuple[str, ...]


class CaseList(msgspec.Struct, frozen=True):
    """Cases, the oldest first."""

    cases: tuple[CaseRow, ...]


class QueueList(msgspec.Struct, frozen=True):
    """What waits for central: the whole, and each item, those that were set aside first."""

    state: QueueState
    items: tuple[Item, ...]


class Closed(msgspec.Struct, frozen=True):
    """The case is closed."""

    closed: bool = True


class SealedBundle(msgspec.Struct, frozen=True):
    """A support bundle: an envelope (DER) in base64."""

    envelope: str


class Stands(msgspec.Struct, frozen=True):
    """How the kit stands now."""

    standing: Standing


class Renewed(msgspec.Struct, frozen=True):
    """New certificates came."""

    renewed: bool = True


class Launch(msgspec.Struct, frozen=True):
    """Where to open the page, with a code that is good once and for `left_s` seconds."""

    url: str
    left_s: int

    def __repr__(self) -> str:
        return "Launch(…)"


class SessionView(msgspec.Struct, frozen=True):
    """Whether somebody is signed in at this page, who, and after how many seconds without a touch nobody is."""

    signed_in: bool
    by: str = ""
    idle_left_s: int = 0


class Fault(msgspec.Struct, frozen=True):
    """A stable `code` for support and screens, a `message` for staff."""

    code: str
    message: str


class Refusal(msgspec.Struct, frozen=True):
    """The one shape of every refusal."""

    error: Fault
