"""`evidence`: the packages that kits handed in, and whether each still is what its kit signed."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from padkit_central.app import real_means
from padkit_central.business import Opening
from padkit_central.business.packages import verdict
from padkit_central.commands.common import config_option, opened_store, plainly, print_json
from padkit_central.config import Config
from padkit_central.store import Store
from padkit_central.store.evidence_records import Expected, Upload
from padkit_contract.crypto import choose_suite
from padkit_contract.evidence import MAX_PACKAGE, Judged, Manifest, PackageState
from padkit_contract.keyfile import read_password
from padkit_contract.party import load_party
from padkit_contract.x509 import Certificate

DIFFERENT = 3
SHORT = 12


class Checked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `verify` says of one file: who signed which package, whether central has it, and everything that does not hold."""

    file: str
    ok: bool
    findings: tuple[str, ...]
    entity: str = ""
    kit: str = ""
    package: str = ""
    flow: str = ""
    number: int = 0
    items: int = 0
    state: str = ""  # at central; empty when it never came here


@click.group()
def evidence() -> None:
    """Evidence packages: manifest, pictures, chip record and documents of a case, signed and sealed by its kit."""


@evidence.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@plainly
def list_packages(config_path: Path, *, as_json: bool) -> None:
    """Show the packages, the oldest first, and the cases whose files are still to come. Reads only."""

    async def run() -> tuple[list[Upload], list[Expected]]:
        async with opened_store(config_path) as (_, store):
            return await store.evidence.uploads(), await store.evidence.expected()

    uploads, expected = asyncio.run(run())
    if as_json:
        print_json({"packages": uploads, "expected": expected})
        return
    for it in uploads:
        done = f"{it.have} of {it.size} bytes" if it.state == PackageState.INCOMPLETE.value else f"{it.size} bytes"
        click.echo(
            f"{it.entity}/{it.kit}  no. {it.number:<5} {it.state:<10} {done:<24} flow {it.flow or '-'}  {it.seal[:SHORT]}"
        )
        for found in it.findings:
            click.echo(f"    {found}")
    for that in expected:
        click.echo(
            f"{that.entity}/{that.kit}  {'late' if that.late else 'expected'} by {that.due_at}  flow {that.flow}"
        )
    if not uploads and not expected:
        click.echo("no packages")


@evidence.command("show")
@config_option
@click.argument("package")
@plainly
def show(config_path: Path, package: str) -> None:
    """Print the manifest of PACKAGE (its flow, its package id or the beginning of its seal) as JSON. Shows no picture."""

    async def run() -> Manifest:
        async with opened_store(config_path) as (config, store):
            upload = await _one(store, package)
            judged = _opening(config).judge(await store.evidence.content(upload), _moment(upload.touched_at))
            if judged.manifest is None:
                raise click.ClickException("; ".join(map(str, judged.findings)))
            return judged.manifest

    print_json(asyncio.run(run()))


@evidence.command("export")
@config_option
@click.argument("package")
@click.argument("out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@plainly
def export(config_path: Path, package: str, out: Path) -> None:
    """Write PACKAGE, sealed as its kit sent it, to a new FILE."""

    async def run() -> bytes:
        async with opened_store(config_path) as (_, store):
            return await store.evidence.content(await _one(store, package))

    raw = asyncio.run(run())
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    click.echo(f"{out}: {len(raw)} bytes")


@evidence.command("verify")
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@plainly
def verify(config_path: Path, file: Path, *, as_json: bool) -> None:
    """Check every signature and hash of an exported package, its place among its kit's, and its evidence list.

    Reads only. Exit code 0: all of it holds; 3: something does not, and each is named.
    """
    with file.open("rb") as opened:
        raw = opened.read(MAX_PACKAGE + 1)

    async def run() -> Checked:
        async with opened_store(config_path) as (config, store):
            return await _check(file, raw, config, store)

    checked = asyncio.run(run())
    if as_json:
        print_json(checked)
    else:
        _tell(checked)
    if not checked.ok:
        sys.exit(DIFFERENT)


def _tell(checked: Checked) -> None:
    for found in checked.findings:
        click.echo(found)
    if checked.ok:
        told = f"package {checked.number} of {checked.entity}/{checked.kit}, flow {checked.flow}, {checked.items} items"
        click.echo(f"{checked.file}: {told}: every signature and hash holds")
    else:
        click.echo(f"{checked.file}: {len(checked.findings)} findings")


async def _check(file: Path, raw: bytes, config: Config, store: Store) -> Checked:
    """Judge as on the day it came, when it did; hold its place against what is booked."""
    opening = _opening(config)
    judged = opening.judge(raw, real_means().now())
    known = next((it for it in await store.evidence.uploads() if it.seal and it.seal == judged.seal), None)
    if known is not None:
        judged = opening.judge(raw, _moment(known.touched_at))
    return await _placed(file, judged, known, store)


async def _placed(file: Path, judged: Judged, known: Upload | None, store: Store) -> Checked:
    manifest = judged.manifest
    if manifest is None:
        found = tuple(map(str, judged.findings))
        return Checked(str(file), ok=False, findings=found, state=known.state if known else "")
    told = verdict(judged, manifest.entity, manifest.kit, judged.seal)
    findings = list(told.findings)
    if told.number:
        findings += await store.evidence.place_findings(manifest.entity, manifest.kit, told)
    return Checked(
        str(file),
        ok=not findings,
        findings=tuple(findings),
        entity=manifest.entity,
        kit=manifest.kit,
        package=manifest.package,
        flow=manifest.flow,
        number=manifest.number,
        items=len(manifest.items),
        state=known.state if known else "",
    )


async def _one(store: Store, name: str) -> Upload:
    """Return the one upload that `name` means. Raises `click.ClickException`."""
    whole = [it for it in await store.evidence.uploads() if it.have == it.size]
    found = [it for it in whole if name in (it.flow, it.package) or (len(name) >= SHORT and it.seal.startswith(name))]
    if len(found) != 1:
        told = f"{name}: {len(found)} whole packages are called so; take one from `padkit-central evidence list`"
        raise click.ClickException(told)
    return found[0]


def _opening(config: Config) -> Opening:
    suite = choose_suite(allow_pure=config.crypto.allow_pure, library=config.crypto.library, log=_silent)
    party = load_party(config.party, suite, read_password(config.password_file))
    return Opening(party.kept, party.trust, _anybody)


def _anybody(certificate: Certificate, now: datetime) -> None:
    """Believe a signer by its certificate: whether it was the kit's own was asked when the package came."""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _silent(_event: str, /, **_fields: object) -> None:
    """Log nothing: the command prints what there is to say."""
