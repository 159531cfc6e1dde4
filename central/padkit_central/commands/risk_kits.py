"""`padkit-central risk` beside a running service: which sets judge, how a kit stands and why, what people say of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from padkit_central.app import real_means
from padkit_central.commands.common import config_option, opened_store, plain_text, plainly, print_json, the_entity
from padkit_central.commands.risk import FILE, json_option, read_set, risk, rules
from padkit_central.risk import LEVELS, Contribution, KitRisk
from padkit_central.store import RiskChange, RiskSet, RiskWord, SetState
from padkit_contract.errors import Invalid

entity_option = click.option("--entity", help="Whose; may be left out when the service has only one.")
reason_option = click.option("--reason", required=True, callback=plain_text, help="Kept in the trail.")
by_option = click.option("--by", "who", required=True, callback=plain_text, help="Who does it.")
dry_option = click.option("--dry-run", is_flag=True, help="Only say what would be written.")
MAX_HOURS = 720


@rules.command()
@config_option
@click.argument("file", metavar="FILE", type=FILE)
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def shadow(config_path: Path, file: Path, entity: str | None, reason: str, who: str, *, dry_run: bool) -> None:
    """Let the set in FILE judge each contact from now on, without anything that follows."""
    asyncio.run(_put(config_path, file, entity, SetState.SHADOW, reason, who, dry_run=dry_run))


@rules.command()
@config_option
@click.argument("file", metavar="FILE", type=FILE)
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def put(config_path: Path, file: Path, entity: str | None, reason: str, who: str, *, dry_run: bool) -> None:
    """Let the set in FILE judge and act from now on; the very same text has to have been in shadow before."""
    asyncio.run(_put(config_path, file, entity, SetState.ACTIVE, reason, who, dry_run=dry_run))


@rules.command("list")
@config_option
@entity_option
@json_option
@plainly
def list_(config_path: Path, entity: str | None, *, as_json: bool) -> None:
    """List the sets, the oldest first."""

    async def run() -> list[RiskSet]:
        async with opened_store(config_path) as (config, store):
            return await store.risks.sets(the_entity(config, entity))

    found = asyncio.run(run())
    if as_json:
        print_json(found)
        return
    for it in found:
        click.echo(f"{it.number:>4} {it.state.value:<7} {it.digest[:16]} {it.put_at} by {it.put_by}: {it.reason}")
    if not found:
        click.echo("no sets yet, nothing is judged; next: padkit-central risk rules shadow FILE")


@risk.command()
@config_option
@click.argument("kit", metavar="KIT")
@entity_option
@json_option
@plainly
def show(config_path: Path, kit: str, entity: str | None, *, as_json: bool) -> None:
    """Show how KIT stands under each set in use, its changes of level with their reasons, and what people said."""

    async def run() -> tuple[list[RiskSet], dict[str, bytes], list[RiskChange], list[RiskWord]]:
        async with opened_store(config_path) as (config, store):
            key = (the_entity(config, entity), kit)
            sets, states = await store.risks.sets(key[0]), await store.risks.states(*key)
            return sets, states, await store.risks.changes(*key), await store.risks.words(*key)

    sets, states, changes, words = asyncio.run(run())
    if not (states or changes or words):
        raise click.ClickException(f"{kit}: nothing was judged of it yet; see padkit-central risk rules list")
    in_use = {it.digest: it for it in sets if it.state is not SetState.PAST}
    stands = [
        (in_use[digest], msgspec.json.decode(raw, type=KitRisk)) for digest, raw in states.items() if digest in in_use
    ]
    if as_json:
        print_json(
            {"stands": [_stand(*it) for it in stands], "changes": [_shown(it) for it in changes], "words": words}
        )
        return
    for known, state in stands:
        shares = ", ".join(f"{name} {share:.1f}" for name, share in sorted(state.shares.items(), key=lambda it: -it[1]))
        what = f"{LEVELS[state.place.level]}, score {state.score:.1f} at {_moment(state.at)}"
        click.echo(f"{known.state.value} set {known.number}: {what}: {shares or 'no rule gives points'}")
    for change in changes:
        click.echo(_line(change))
    for word in words:
        said = f"overrides to {LEVELS[word.level]} until {_moment(word.until)}" if word.override else "objects"
        click.echo(f"{_moment(word.at)} {word.who} {said}: {word.reason}")


@risk.command()
@config_option
@click.argument("kit", metavar="KIT")
@click.option("--level", required=True, type=click.Choice(LEVELS), help="Nothing above it is acted upon.")
@click.option("--hours", required=True, type=click.FloatRange(0, MAX_HOURS), help="How long it is good; 0 ends it.")
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def override(
    config_path: Path, kit: str, level: str, hours: float, entity: str | None, reason: str, who: str, *, dry_run: bool
) -> None:
    """Let nothing follow from levels of KIT above --level until the end; it is judged on. What is ordered stays ordered."""
    at = int(real_means().now().timestamp())
    until = at + int(hours * 3600)
    asyncio.run(
        _say(
            config_path,
            entity,
            RiskWord("", kit, override=True, level=LEVELS.index(level), reason=reason, who=who, at=at, until=until),
            dry_run=dry_run,
        )
    )
    click.echo(f"{kit}: nothing above {level} until {_moment(until)}" + _dry(dry_run=dry_run))


@risk.command("object")
@config_option
@click.argument("kit", metavar="KIT")
@entity_option
@reason_option
@by_option
@plainly
def object_(config_path: Path, kit: str, entity: str | None, reason: str, who: str) -> None:
    """Write down that somebody objects to the level of KIT; who looks at it decides by `risk override`."""
    at = int(real_means().now().timestamp())
    asyncio.run(
        _say(
            config_path,
            entity,
            RiskWord("", kit, override=False, level=0, reason=reason, who=who, at=at, until=0),
            dry_run=False,
        )
    )
    click.echo(f"{kit}: the objection is written down")


async def _put(
    config_path: Path, file: Path, entity: str | None, state: SetState, reason: str, who: str, *, dry_run: bool
) -> None:
    text, found = read_set(file)
    async with opened_store(config_path) as (config, store):
        owner = the_entity(config, entity)
        known = [it.digest for it in await store.risks.sets(owner)]
        if state is SetState.ACTIVE and found.digest not in known:
            raise Invalid(
                "risk.unshadowed",
                f"{file}: was never in shadow; let it judge first: padkit-central risk rules shadow {file}",
            )
        new = RiskSet(owner, 0, state, text, found.digest, reason, who[:64], store.now())
        number = len(known) + 1 if dry_run else (await store.risks.put(new)).number
    click.echo(
        f"set {number} of {owner}: {state.value}, {len(found.rules)} rules, {found.digest[:16]}" + _dry(dry_run=dry_run)
    )


async def _say(config_path: Path, entity: str | None, word: RiskWord, *, dry_run: bool) -> None:
    async with opened_store(config_path) as (config, store):
        owner = the_entity(config, entity)
        if not await store.risks.states(owner, word.kit):
            raise click.ClickException(f"{word.kit}: nothing was judged of it yet; is the name right?")
        if not dry_run:
            await store.risks.say(replace(word, entity=owner))


def _dry(*, dry_run: bool) -> str:
    return " (dry run: nothing was written)" if dry_run else ""


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _stand(known: RiskSet, state: KitRisk) -> dict[str, object]:
    return {
        "set": known.number, "state": known.state, "level": LEVELS[state.place.level], "score": round(state.score, 2),
        "at": state.at, "shares": state.shares,
    }  # fmt: skip


def _shown(it: RiskChange) -> dict[str, object]:
    return {
        "at": it.at, "before": LEVELS[it.before], "after": LEVELS[it.after], "score": it.score, "fact": it.fact,
        "shadow": it.shadow, "rules": it.digest, "why": msgspec.Raw(it.why), "measures": it.measures,
        "action": it.action, "detail": it.detail,
    }  # fmt: skip


def _line(it: RiskChange) -> str:
    why = msgspec.json.decode(it.why, type=tuple[Contribution, ...])
    reasons = "; ".join(
        f"{each.rule} {each.points:g} ({', '.join(f'{name} {value:g}' for name, value in each.values.items())})"
        for each in why
    )
    what = "in shadow" if it.shadow else it.action.value
    detail = f", {it.detail}" if it.detail else ""
    return f"{_moment(it.at)} {LEVELS[it.before]} to {LEVELS[it.after]}, score {it.score:g}, {what}{detail}: {reasons}"
