"""What kit and centre tell each other about an authorisation: the request, the wish to know, the ticket and what it is bound to.

| business | body | the reply's fields |
|---|---|---|
| `AUTHORISE` | `AuthRequest` | authorisation (`AuthAnswer`) |
| `AUTH_STATE` | `AuthQuestion` | authorisation (`AuthAnswer`); not found when no such request came |
| `AUTH_WITHDRAW` | `AuthQuestion` | as `AUTH_STATE` |
| `AUTH_SHOW` | `AuthShown` | package (`PackageReply`); not found when no such request came |
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from padkit_contract.crypto import sm3
from padkit_contract.messages import AFTER_CORE, AUTHORISER, EvidenceItem

AUTHORISE = "auth.request"
AUTH_STATE = "auth.state"
AUTH_WITHDRAW = "auth.withdraw"
AUTH_SHOW = "auth.show"

# What the flow learns only after the authorisation; everything else of a request is bound by the ticket.
LATER_FIELDS = frozenset({"new_card_no", "voucher_batch", "voucher_serial", "box_slot", "pin_key_id", "pin_format"})
OF_STOCK = frozenset({"card_no", "card_seq"})  # later, too, where the card is one of the kit's stock
LATER_EVIDENCE = frozenset({AUTHORISER, "card_read", "pin_verify", "pin_new", "card_dispense"}) | AFTER_CORE
SIGNATURES = ("sign_form", "sign_terms", "copy_statement")  # given again after every return


class AuthState(enum.Enum):
    """Where a request for authorisation stands (授权)."""

    QUEUED = "queued"
    TAKEN = "taken"  # an authoriser looks at it, under a lease
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    EXPIRED = "expired"  # nobody decided in time
    WITHDRAWN = "withdrawn"  # the kit wants it no more


class AuthRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `AUTHORISE`: what is to be authorised. `round` counts from 1, one more after each return.

    `people` are the names of those who took part at the kit: none of them may authorise it.
    """

    serial: str
    round: int
    made_at: str
    business: str
    fields: dict[str, Any]
    evidence: tuple[EvidenceItem, ...]
    checks: tuple[EvidenceItem, ...]
    people: tuple[str, ...] = ()

    @property
    def bound(self) -> str:
        """What a ticket for it is bound to."""
        return bound_digest(self.business, self.serial, self.fields, (*self.evidence, *self.checks))


class AuthQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `AUTH_STATE` and `AUTH_WITHDRAW`: the request of one round of a business."""

    serial: str
    round: int


class AuthShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `AUTH_SHOW`: the upload that shows the request of this round, pictures and documents, to who decides.

    `seal` is SM3 (hex) of its sealed manifest, which has number 0 and the very evidence of the request.
    """

    serial: str
    round: int
    seal: str
    size: int


class Ticket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An approval: for one content (`bound`, SM3 in hex), until a moment (ISO 8601, UTC, by central's clock)."""

    id: str
    bound: str
    until: str


class AuthAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a request stands. `by` are those who decided; `parts` what a return lets people mend."""

    state: AuthState
    ticket: Ticket | None = None
    by: tuple[str, ...] = ()
    reason: str = ""
    parts: tuple[str, ...] = ()


def bound_digest(business: str, serial: str, fields: Mapping[str, Any], items: Iterable[EvidenceItem]) -> str:
    """Return SM3 (hex) over the key fields and the evidence: all of a request that is known when it is authorised."""
    later = LATER_FIELDS | OF_STOCK if "voucher_serial" in fields and "new_card_no" not in fields else LATER_FIELDS
    key_fields = {name: value for name, value in fields.items() if name not in later}
    evidence = [item for item in items if item.type not in LATER_EVIDENCE]
    content = ["padkit authorisation v1", business, serial, key_fields, evidence]
    return sm3(msgspec.json.encode(content, order="sorted")).hex()
