"""`padkit-central risk`: rules of risk, looked at and tried on recorded days before they count."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from padkit_central.commands.common import plainly, print_json
from padkit_central.risk import DEFAULT_RULES, LEVELS, Change, RuleError, RuleSet, differences, read_days, read_rules
from padkit_central.risk import replay as replayed

MAX_FILE = 1 << 20
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def risk() -> None:
    """Which kit is at risk, and why."""


@risk.group()
def rules() -> None:
    """Sets of rules."""


@rules.command()
@click.argument("file", metavar="[FILE]", type=FILE, default=DEFAULT_RULES)
@json_option
@plainly
def check(file: Path, *, as_json: bool) -> None:
    """Look whether FILE is a set of rules that can be used; without FILE, the set that comes with the program."""
    _, found = read_set(file)
    if as_json:
        print_json({"file": str(file), "digest": found.digest, "rules": [it.text for it in found.rules]})
        return
    for it in found.rules:
        what = f"{it.text.fact} at once" if it.text.fact else f"{it.text.points:g} points"
        click.echo(f"{it.text.id:<20} {it.text.kind:<9} {what:<12} {it.text.when}")
    click.echo(f"{len(found.rules)} rules, {len(found.ground.areas)} areas, digest {found.digest[:16]}: fit for use")


@risk.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--rules", "new", type=FILE, default=DEFAULT_RULES, help="The set to try; the program's own when left out."
)
@click.option(
    "--against", "old", type=FILE, default=DEFAULT_RULES, help="The set to compare with; the same when left out."
)
@json_option
@plainly
def replay(folder: Path, new: Path, old: Path, *, as_json: bool) -> None:
    """Run the recorded days in DIR (*.jsonl, one observation a line) against rules and show what would change. Writes nothing."""
    after = replayed(read_days(folder), read_set(new)[1])
    before = replayed(read_days(folder), read_set(old)[1]) if old != new else after
    changed = differences(before, after)
    if as_json:
        print_json(
            {
                "observations": after.seen, "kits": after.kits, "changes": after.changes,
                "locked": after.locked, "proposed": after.proposed, "differences": changed,
            }
        )  # fmt: skip
        return
    for change in after.changes:
        click.echo(_line(change))
    for it in changed:
        click.echo(f"{it.entity} {it.kit}: highest {LEVELS[it.old]} before, {LEVELS[it.new]} with {new.name}")
    click.echo(
        f"{after.seen} observations of {after.kits} kits: {len(after.changes)} changes of level, {len(after.locked)} kits"
        f" locked, {len(after.proposed)} locks left to a person, {len(changed)} kits judged otherwise than before"
    )


def read_set(file: Path) -> tuple[str, RuleSet]:
    """Return a file's text and the set in it. Raises `click.ClickException` with file, line and column, or OSError."""
    with file.open("rb") as opened:
        raw = opened.read(MAX_FILE + 1)
    try:
        text = raw.decode()
        return text, read_rules(text)
    except UnicodeDecodeError as exc:
        raise click.ClickException(f"{file}: not UTF-8 at byte {exc.start + 1}; save it as UTF-8") from exc
    except RuleError as exc:
        raise click.ClickException(f"{file}:{exc.line}:{exc.column}: {exc.message}") from exc


def _line(it: Change) -> str:
    at = datetime.fromtimestamp(it.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    why = ", ".join(f"{each.rule} {each.points:g}" for each in it.why[:3])
    return f"{at} {it.entity} {it.kit}: {LEVELS[it.before]} to {LEVELS[it.after]}, score {it.score:g}: {why or 'it passed'}"
