"""What people give a flow, held against the catalogue before anything else happens: its form, and answers with values."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from padkit_agent.core.asked import Field, misfit
from padkit_agent.core.questions import noted_well, unanswered
from padkit_contract.catalogue import Entry, c3_fields, check_fields, check_values
from padkit_contract.errors import Invalid
from padkit_sdk.errors import Refused

TYPED = frozenset({"typed", "choice"})


def form_of(entry: Entry) -> Entry:
    """Return the part of an entry that people fill in."""
    inputs = tuple(each for each in entry.inputs if each.source in TYPED)
    specs = {each.field: entry.specs[each.field] for each in inputs}
    return replace(entry, inputs=inputs, specs=specs)


def check_form(entry: Entry, fields: dict[str, Any]) -> None:
    """Check the fields a person typed or chose. Raises `Refused` with the catalogue's reason (``field.missing`` …)."""
    try:
        check_fields(form_of(entry), fields)
    except Invalid as exc:
        raise Refused(exc.reason, str(exc).removeprefix(f"{exc.reason}: ")) from exc


def check_start(entry: Entry, fields: dict[str, Any], later: frozenset[str]) -> None:
    """Check what a flow begins with; what is asked `later` may be missing. Raises `Refused` as `check_form`."""
    form = form_of(entry)
    inputs = tuple(replace(it, required=it.required and it.field not in later) for it in form.inputs)
    check_form(replace(form, inputs=inputs), fields)


def check_asked(entry: Entry, asked: tuple[Field, ...], inputs: dict[str, Any], given: dict[str, Any]) -> None:
    """Check an answer to questions or form against what was asked. Raises `Refused` ``answer.fields``, ``field.*``."""
    outer = {it.name.partition(":")[0] for it in asked}
    for name in given.keys() - outer:
        raise Refused("answer.fields", f"{entry.id}.{name[:64]}: was not asked; of {', '.join(sorted(outer))}")
    if not noted_well(given):
        raise Refused("answer.fields", f"{entry.id}: what was noted beside the questions must name questions")
    name, wanted = misfit(unanswered(asked, given), {**inputs, **given})
    if name:
        raise Refused("answer.fields", f"{entry.id}.{name}: {wanted}")
    try:
        check_values(entry, given)
    except Invalid as exc:
        raise Refused(exc.reason, str(exc).removeprefix(f"{exc.reason}: ")) from exc


def check_answer(entry: Entry, fields: dict[str, Any], c3: dict[str, Any]) -> None:
    """Check the values that come with an answer: C3 values are given as such, because `fields` are written down.

    Nobody but the HSM can look at C3 values later, so they are held against the catalogue here.

    Raises: `Refused` ``answer.fields``, and ``field.*`` for a C3 value that does not fit.
    """
    secret = c3_fields(entry)
    for given, allowed, where in ((fields, entry.specs.keys() - secret, "fields"), (c3, secret, "c3")):
        for name in given.keys() - allowed:
            raise Refused(
                "answer.fields", f"{entry.id}.{name[:64]}: not one that is given in `{where}`; see the catalogue"
            )
    try:
        check_values(entry, c3)
    except Invalid as exc:
        raise Refused(exc.reason, str(exc).removeprefix(f"{exc.reason}: ")) from exc


def check_mended(entry: Entry, inputs: dict[str, Any], given: dict[str, Any], parts: tuple[str, ...]) -> None:
    """Check what people mended in a form that came back: only the parts that were returned, and a whole form with them.

    Raises: `Refused` ``answer.fields``, and as `check_form`.
    """
    for name in given.keys() - set(parts):
        raise Refused("answer.fields", f"{entry.id}.{name[:64]}: was not returned; of {', '.join(parts)}")
    own = form_of(entry).specs
    check_form(entry, {name: value for name, value in {**inputs, **given}.items() if name in own})
