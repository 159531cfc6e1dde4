"""`padkit-central authorise`: the authoriser's desk at a terminal. Talks to the running service; each act is signed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click
import msgspec

from padkit_central.commands.admin import admin_client, load_operator
from padkit_central.commands.authorise_page import page
from padkit_central.commands.command.group import json_option, operator_option, password_option
from padkit_central.commands.common import config_option, plain_text, plainly, print_json
from padkit_central.config import load
from padkit_central.kits import AuthLine, AuthorisePaper, AuthView

dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would become of it; the look is noted.")
yes_option = click.option("--yes", is_flag=True, help="Do not show it and ask.")
reason_option = click.option(
    "--reason",
    required=True,
    callback=plain_text,
    help="Why; the kit shows it, and it goes into the trail. Nothing personal.",
)


class Listing(msgspec.Struct, frozen=True):
    """Requests, as the service lists them."""

    authorisations: tuple[AuthLine, ...]


@click.group()
def authorise() -> None:
    """Look at requests for authorisation and decide on them; the service must be running.

    Exit codes: 0 done, 1 refused by a rule or nothing there, 2 wrong words.
    """


@authorise.command("list")
@config_option
@click.option("--entity", default="", help="Whose; may be left out when the service has only one.")
@click.option("--all", "every", is_flag=True, help="Also what has ended.")
@json_option
@plainly
def list_(config_path: Path, entity: str, *, every: bool, as_json: bool) -> None:
    """List requests, the newest first; nothing personal is shown."""
    config = load(config_path)

    async def run() -> Listing:
        async with admin_client(config) as client:
            return await client.get("/v1/authorisations", Listing, entity=entity, open="" if every else "1")

    found = asyncio.run(run()).authorisations
    if as_json:
        print_json(found)
        return
    for it in found:
        click.echo(_told(it))
    if not found:
        click.echo("nothing waits")


@authorise.command()
@config_option
@click.argument("name", metavar="ID")
@operator_option
@password_option
@json_option
@plainly
def show(config_path: Path, name: str, operator: Path, password_file: Path, *, as_json: bool) -> None:
    """Show request ID; personal values are masked, and the look is noted."""
    _print(_Desk(config_path, operator, password_file).act(name, "view"), as_json=as_json)


@authorise.command()
@config_option
@click.argument("name", metavar="ID")
@operator_option
@password_option
@json_option
@plainly
def take(config_path: Path, name: str, operator: Path, password_file: Path, *, as_json: bool) -> None:
    """Take request ID for 120 seconds, so that nobody else decides; again to keep it."""
    _print(_Desk(config_path, operator, password_file).act(name, "take"), as_json=as_json)


@authorise.command()
@config_option
@click.argument("name", metavar="ID")
@dry_run_option
@yes_option
@operator_option
@password_option
@json_option
@plainly
def approve(
    config_path: Path, name: str, operator: Path, password_file: Path, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Approve request ID, which you have taken."""
    desk = _Desk(config_path, operator, password_file)
    _print(desk.decide(name, "approve", yes=yes, dry_run=dry_run), as_json=as_json)


@authorise.command("return")
@config_option
@click.argument("name", metavar="ID")
@reason_option
@click.option("--part", "parts", multiple=True, required=True, help="What is to be mended (show lists what can be).")
@dry_run_option
@yes_option
@operator_option
@password_option
@json_option
@plainly
def return_(
    config_path: Path, name: str, reason: str, parts: tuple[str, ...], operator: Path, password_file: Path,
    *, dry_run: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Return request ID, which you have taken, to its kit: people there mend the parts and ask again."""
    desk = _Desk(config_path, operator, password_file)
    _print(desk.decide(name, "return", reason, parts, yes=yes, dry_run=dry_run), as_json=as_json)


@authorise.command()
@config_option
@click.argument("name", metavar="ID")
@reason_option
@dry_run_option
@yes_option
@operator_option
@password_option
@json_option
@plainly
def refuse(
    config_path: Path, name: str, reason: str, operator: Path, password_file: Path,
    *, dry_run: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Refuse request ID, which you have taken: its case ends."""
    desk = _Desk(config_path, operator, password_file)
    _print(desk.decide(name, "refuse", reason, yes=yes, dry_run=dry_run), as_json=as_json)


authorise.add_command(page)


class _Desk:
    """One authoriser at the service's admin socket."""

    def __init__(self, config_path: Path, operator: Path, password_file: Path) -> None:
        self._config = load(config_path)
        self._who = load_operator(self._config, operator, password_file)

    def decide(
        self, name: str, act: str, reason: str = "", parts: tuple[str, ...] = (), *, yes: bool, dry_run: bool
    ) -> AuthView:
        """Look at the request, ask, and decide on what was looked at."""
        seen = self.act(name, "view")
        if not (yes or dry_run):
            _show(seen, err=True)
            click.confirm(f"Do you {act}?", abort=True, err=True)
        return self.act(name, act, seen.digest, reason, parts, dry_run=dry_run)

    def act(
        self, name: str, act: str, digest: str = "", reason: str = "", parts: tuple[str, ...] = (), *,
        dry_run: bool = False,
    ) -> AuthView:  # fmt: skip
        """Sign one act and hand it in."""
        fields = {"act": act, "reason": reason, "parts": parts, "digest": digest, "asked_at": int(time.time())}
        raw = {"entity": self._who.entity, "authorisation": name, **fields}
        paper = self._who.sign(msgspec.convert(raw, AuthorisePaper))

        async def run() -> AuthView:
            async with admin_client(self._config) as client:
                return await client.post(f"/v1/authorisations/{name}", {"paper": paper, "dry_run": dry_run}, AuthView)

        return asyncio.run(run())


def _told(it: AuthLine) -> str:
    held = f", {it.taken_by} until {it.lease_until}" if it.taken_by else ""
    count = f" {it.approvals}/{it.needs}" if it.needs > 1 else ""
    return f"{it.id}  {it.state}{count}{held}  {it.business} {it.kit} round {it.round}, asked {it.asked_at}"


def _print(view: AuthView, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
    else:
        _show(view)


def _show(view: AuthView, *, err: bool = False) -> None:
    click.echo(_told(view.line), err=err)
    for name, value in view.fields.items():
        click.echo(f"  {name}: {value}", err=err)
    for file in view.files:
        click.echo(
            f"    file {file.type}  {file.media}, {file.size} bytes, {file.at}  (pictures: padkit-central authorise page)"
        )
    for item in (*view.evidence, *view.checks):
        how = item.waiver if item.waiver else item.digest[:16]
        click.echo(f"  {item.type}: {item.how.value} {how} {item.note}".rstrip(), err=err)
    click.echo(f"  may not decide: {', '.join(view.people)}", err=err)
    if view.reason:
        click.echo(f"  {', '.join(view.decided_by)}: {view.reason} ({', '.join(view.parts)})", err=err)
    if view.ticket_until:
        click.echo(f"  approved by {', '.join(view.decided_by)}, until {view.ticket_until}", err=err)
