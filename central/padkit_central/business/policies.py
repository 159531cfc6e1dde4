"""The entities' policies: which version held when, what a kit works by, and what may be put at all."""

from __future__ import annotations

import tomllib
from datetime import date, datetime

import msgspec

from padkit_central.business.ask import Ask, moment
from padkit_central.business.steps import (
    OWN_CHECKS,
    OwnChecks,
    PolicyTime,
    When,
    check_late_steps,
    check_steps,
    named_versions,
)
from padkit_central.store import PolicyVersion, Store
from padkit_contract.catalogue import Catalogue, Entry
from padkit_contract.diligence import OURS, WEIGHTS, Weight
from padkit_contract.errors import Invalid
from padkit_contract.messages import (
    AUTHORISER,
    EvidenceItem,
    EvidencePackage,
    Holder,
    KitPack,
    Outcome,
    Policy,
    Reply,
    Request,
    Waiver,
    decode,
    encode,
)


class PolicyDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy as people write it (TOML or JSON); the version is given when it is put."""

    entity: str
    parameters: dict[str, object]
    waivers: tuple[Waiver, ...]
    functions: tuple[dict[str, object], ...] = ()


class Policies:
    """Looks versions up and checks requests against them."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def check(self, entry: Entry, request: Request, ask: Ask) -> None:
        """See that every step of `entry` was done or is waived. Raises `Invalid` ``evidence.*`` or ``waiver.*``."""
        when = When(moment(request.made_at, "made_at"), ask.received_at)
        policies = await self._named(ask.entity, (*request.evidence, *request.checks))
        own = await self._store.checks.of(ask.entity, request.serial)
        check_steps(self._catalogue, entry, request, policies, when, OwnChecks(ask.entity, own))

    async def check_late(self, entry: Entry, package: EvidencePackage, ask: Ask) -> None:
        """See that what comes after the core's answer was done or is waived. Raises `Invalid` as `check`."""
        policies = await self._named(ask.entity, package.items)
        check_late_steps(entry, package.items, policies, When(ask.received_at, ask.received_at))

    async def _named(self, entity: str, items: tuple[EvidenceItem, ...]) -> dict[int, PolicyTime]:
        policies = {}
        for version in named_versions(items):
            stored = await self._store.policy(entity, version) if version else None
            if stored is not None:
                policies[version] = timed(stored)
        return policies

    async def pack(self, ask: Ask) -> Reply:
        """Answer `KIT_PACK`: the current policy and the kit's check-out slip. Raises `Invalid` ``policy.none``."""
        decode(ask.payload, Request)
        stored = await self._store.policy(ask.entity)
        if stored is None:
            raise Invalid("policy.none", f"{ask.entity} has no policy yet; `padkit-central policy put` makes one")
        slip = await self._store.slip_of(ask.entity, ask.kit)
        holder = await self._store.identities.holder(ask.entity, ask.kit)
        named = decode(holder, Holder) if holder else None
        return Reply(Outcome.OK, fields={"pack": KitPack(decode(stored.body, Policy), slip, named)})


def timed(stored: PolicyVersion) -> PolicyTime:
    """Return a stored version with its times read."""
    until = datetime.fromisoformat(stored.superseded_at) if stored.superseded_at else None
    return PolicyTime(decode(stored.body, Policy), datetime.fromisoformat(stored.put_at), until)


def read_draft(text: str, catalogue: Catalogue) -> PolicyDraft:
    """Read a policy file (TOML, or JSON when it begins with a brace) and check it against the catalogue.

    Raises `Invalid` ``policy.*`` or ``catalogue.*`` naming what is wrong in it.
    """
    try:
        raw = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        draft = msgspec.convert(raw, PolicyDraft)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError) as exc:
        raise Invalid("policy.form", str(exc)) from exc
    catalogue = catalogue.extended(draft.functions)
    known = catalogue.dictionary("parameters")
    for name, value in draft.parameters.items():
        if name not in known:
            raise Invalid("policy.parameter", f"{name!r}: the catalogue has {', '.join(sorted(known))}")
        _check_parameter(name, value, known[name]["value"])
    for waiver in draft.waivers:
        _check_waiver(waiver, catalogue)
    ids = [waiver.id for waiver in draft.waivers]
    if len(ids) != len(set(ids)):
        raise Invalid("policy.waiver", "two waivers have the same id")
    return draft


def _check_parameter(name: str, value: object, example: object) -> None:
    """A parameter looks like the catalogue's own value: a number, a text, a flag, a list of one of them, or texts by name."""
    if not _alike(value, example):
        raise Invalid("policy.parameter", f"{name}: {value!r}; something like {example!r} is wanted")
    weights = {it.value for it in Weight}
    if (
        name == WEIGHTS
        and isinstance(value, dict)
        and not (value.keys() <= OURS.keys() and {*value.values()} <= weights)
    ):
        told = f"signals are {', '.join(OURS)}, each {', '.join(sorted(weights))}"
        raise Invalid("policy.parameter", f"{name}: {value!r}; {told}")


def _alike(value: object, example: object) -> bool:
    match example:
        case bool():
            return isinstance(value, bool)
        case str():
            return isinstance(value, str)
        case dict():
            return isinstance(value, dict) and all(isinstance(it, str) for it in value.values())
        case list():
            one = example[0] if example else ""
            return isinstance(value, list) and all(_alike(it, one) for it in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _check_waiver(waiver: Waiver, catalogue: Catalogue) -> None:
    names = {*catalogue.dictionary("evidence"), *catalogue.dictionary("checks"), AUTHORISER}
    for name in waiver.covers:
        if name in OWN_CHECKS:
            raise Invalid("policy.waiver", f"{waiver.id}: {name} is checked by central itself and cannot be waived")
        if name not in names:
            raise Invalid("policy.waiver", f"{waiver.id}: {name!r} is neither evidence nor check of the catalogue")
    for business in waiver.business:
        if business not in catalogue.ids:
            raise Invalid("policy.waiver", f"{waiver.id}: the catalogue has no {business!r}")
    if not (waiver.id and "@" not in waiver.id and waiver.reason and waiver.approved_by):
        raise Invalid("policy.waiver", f"{waiver.id!r}: id (without @), reason and approved_by must be given")
    try:
        date.fromisoformat(waiver.until)
    except ValueError:
        raise Invalid("policy.waiver", f"{waiver.id}: until {waiver.until!r}; a date such as 2026-12-31") from None


async def put_policy(store: Store, draft: PolicyDraft, at: str) -> tuple[int, bool]:
    """Put a policy as the entity's next version; return it, and whether anything changed: the same again puts nothing."""
    current = await store.policy(draft.entity)
    version = current.version if current else 0
    policy = Policy(draft.entity, version, dict(draft.parameters), draft.waivers, draft.functions)
    if current is not None and encode(policy) == current.body:
        return version, False
    body = encode(msgspec.structs.replace(policy, version=version + 1))
    await store.put_policy(PolicyVersion(draft.entity, version + 1, body, at))
    return version + 1, True
