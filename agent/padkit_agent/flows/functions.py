"""What this kit can do, function by function, and why not: for screens and terminals."""

from __future__ import annotations

from collections.abc import Container, Mapping

import msgspec

from padkit_agent.core.fit import check_fit
from padkit_agent.core.plan import plan_of
from padkit_agent.flows.form import form_of
from padkit_agent.flows.pack import catalogue_of, waivers
from padkit_contract.catalogue import Catalogue, Entry
from padkit_contract.messages import Policy
from padkit_sdk.errors import Refused


class FormField(msgspec.Struct, frozen=True):
    """One thing that people fill in: `kind` is the catalogue's type; without `choices` any value of it is taken."""

    field: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...]


class FunctionView(msgspec.Struct, frozen=True):
    """One function: whether this kit can do it, else the dotted `reason` and `why`; `card` is
    the bank card that it is about (`WhichCard`), `reads_own` whether the customer puts one of his into the kit's reader,
    `form` what is given at its begin.
    """

    id: str
    name: Mapping[str, str]
    category: str
    kind: str
    risk: str
    authorisation: str
    card: str
    reads_own: bool
    can: bool
    reason: str
    why: str
    form: tuple[FormField, ...]


def listed(policy: Policy, able: Container[str], today: str) -> tuple[FunctionView, ...]:
    """Return every function of the policy's entity, by its id."""
    catalogue = catalogue_of(policy)
    entries = (catalogue.entry(name) for name in sorted(catalogue.functions))
    return tuple(_view(catalogue, entry, able, waivers(policy, entry.id, today)) for entry in entries)


def _view(catalogue: Catalogue, entry: Entry, able: Container[str], waived: Mapping[str, str]) -> FunctionView:
    reason = why = ""
    try:
        check_fit(entry, able, waived)
    except Refused as exc:
        reason, why = exc.reason, str(exc)
    labels, plan = catalogue.dictionary("fields"), plan_of(entry)
    form = tuple(
        FormField(
            it.field,
            str(labels[it.field]["zh"]),
            entry.specs[it.field].type.value,
            it.required,
            entry.specs[it.field].choices,
        )
        for it in form_of(entry).inputs
    )
    named = (
        entry.id,
        entry.name,
        entry.category,
        entry.kind,
        entry.risk,
        entry.authorisation,
        plan.card.value,
        plan.reads_own,
    )
    return FunctionView(*named, not reason, reason, why, form)
