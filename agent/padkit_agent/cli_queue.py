"""`padkit-agent queue`: what waits for central, why, and what a person does with what central refused."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import click

from padkit_agent.cli_common import AS_JSON, CONFIG, call, echo

COLUMNS = ("id", "business", "age", "why", "code", "attention")
BY = click.option("--by", required=True, help="Who does it.")
ITEM = click.argument("item", metavar="ITEM")


@click.group()
def queue() -> None:
    """What central has not taken: messages, evidence packages, answers to orders, flows that stand."""


@queue.command("list")
@CONFIG
@AS_JSON
def list_queue(config: Path, *, as_json: bool) -> None:
    """List what waits, why, what needs a person, and how near each quota is."""
    answer = call(config, "GET", "/v1/queue")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    rows = [{**it, "age": _age(it["age_s"]), "attention": "yes" if it["attention"] else ""} for it in answer["items"]]
    echo(rows, COLUMNS)
    for quota in answer["state"]["quotas"]:
        click.echo(f"{quota['name']:9} {quota['used']} of {quota['limit']}  {quota['level']}")
    if answer["state"]["frozen"]:
        click.echo(f"no new business begins: {answer['state']['frozen']}; let the kit reach central", err=True)


@queue.command()
@CONFIG
@AS_JSON
@ITEM
def show(config: Path, item: str, *, as_json: bool) -> None:
    """Show one ITEM (an id of `queue list`): why it waits and what to do."""
    answer = call(config, "GET", _route(item))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, value in answer.items():
        click.echo(f"{name:10} {', '.join(value) if isinstance(value, list) else value}")


@queue.command()
@CONFIG
@BY
@ITEM
def retry(config: Path, item: str, by: str) -> None:
    """Send ITEM, which central refused, once more; mend first what its code names."""
    call(config, "POST", f"{_route(item)}/retry", {"by": by})


@queue.command("hand-over")
@CONFIG
@BY
@ITEM
def hand_over(config: Path, item: str, by: str) -> None:
    """Hand ITEM, which central refused, over to the centre as a case; it stays on the kit."""
    call(config, "POST", f"{_route(item)}/hand-over", {"by": by})


def _route(item: str) -> str:
    return f"/v1/queue/{quote(item, safe='')}"


def _age(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
