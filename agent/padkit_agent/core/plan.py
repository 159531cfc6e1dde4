"""What a function of the catalogue asks of its flow: which steps it has, which card it is about, what goes to the bank.

A flow's way is computed from this and from nothing else: no rule asks for the business's name.
"""

from __future__ import annotations

import enum

import msgspec

from padkit_contract.catalogue import Entry, c3_fields

NEW_CARD = "new_card_no"  # the field of a card of the stock that takes the place of ``card_no``
PRESENT_PIN, NEW_PIN = "pin_block", "new_pin_block"  # fields of the catalogue
VERIFY, NEW = "pin_verify", "pin_new"  # the evidence that they become
HOLDS = "capture_only"  # the offline mode in which a flow goes on without its checks, up to the authorisation
APPLICATION = "D-APPLY-"
TYPED = frozenset({"typed", "choice"})  # the sources of a field that people fill in


class WhichCard(enum.Enum):
    """The bank card that a function is about."""

    NONE = "none"
    OWN = "own"  # the customer brings it and puts it into the kit's reader
    STOCK = "stock"  # it leaves the kit's stock through the box; where it replaces one, the customer may bring that


class Plan(msgspec.Struct, frozen=True):
    """One entry, as the engine reads it.

    `needs` are evidence, checks and authorisation by name; `fields` what a request may carry beside its C3 fields `secrets`;
    `form` what people must fill in; `looked_up` what only the bank knows; `application` is the document that `sign_form`
    is written on, empty: none.
    """

    business: str
    title: str  # its Chinese name, for documents
    needs: frozenset[str]
    fields: frozenset[str]
    secrets: frozenset[str]
    form: frozenset[str]
    looked_up: tuple[str, ...]
    documents: tuple[str, ...]
    card: WhichCard
    holds: bool

    def asks(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `names` that the function needs, in their order."""
        return tuple(name for name in names if name in self.needs)

    @property
    def replaces(self) -> bool:
        """Tell whether the card of the stock takes the place of another one."""
        return self.card is WhichCard.STOCK and NEW_CARD in self.fields

    @property
    def reads_own(self) -> bool:
        """Tell whether the customer puts a card of his into the kit's reader."""
        return "card_read" in self.needs and (self.card is WhichCard.OWN or self.replaces)

    @property
    def application(self) -> str:
        return next((name for name in self.documents if name.startswith(APPLICATION)), "")

    @property
    def pins(self) -> tuple[str, ...]:
        """The PINs that the customer types, in this order: C3 fields."""
        typed = ((VERIFY, PRESENT_PIN), (NEW, NEW_PIN))
        return tuple(field for name, field in typed if name in self.needs and field in self.secrets)


def plan_of(entry: Entry) -> Plan:
    """Read an entry."""
    secrets = c3_fields(entry)
    stock, own = "card_dispense" in entry.evidence, "card_read" in entry.evidence
    return Plan(
        business=entry.id,
        title=entry.name["zh"],
        needs=frozenset(entry.needs),
        fields=frozenset(entry.specs) - secrets,
        secrets=secrets,
        form=frozenset(it.field for it in entry.inputs if it.required and it.source in TYPED),
        looked_up=tuple(it.field for it in entry.inputs if it.source == "lookup"),
        documents=entry.documents,
        card=WhichCard.STOCK if stock else WhichCard.OWN if own else WhichCard.NONE,
        holds=entry.offline == HOLDS,
    )
