"""`padkit-agent documents`: which customer documents this kit can set, and set one to a file. Needs no running agent."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from padkit_sdk.errors import PadkitError
from padkit_sdk.secrets import HiddenBytes

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
MOST_BYTES = 64 * 1024  # of a file of values
MOST_PICTURE_BYTES = 1024 * 1024  # read of a picture; the document takes less

Written = tuple[tuple[str, Any], ...]


@click.group()
def documents() -> None:
    """Customer documents, set as PDF from versioned templates, without network."""


@documents.command("list")
@AS_JSON
def list_documents(*, as_json: bool) -> None:
    """List the documents in their newest version; with --json also the fields and the template's SM3."""
    import msgspec

    from padkit_agent.api.tables import lines
    from padkit_agent.documents import open_shelf

    try:
        sheets = open_shelf().newest()
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc
    rows = [
        {**msgspec.to_builtins(sheet.template), "languages": sheet.template.languages, "template_sm3": sheet.sm3}
        for sheet in sheets
    ]
    if as_json:
        click.echo(json.dumps({"documents": rows}, ensure_ascii=False))
        return
    shown = [{**row, "languages": ",".join(row["languages"]), "title": row["title"]["en"]} for row in rows]
    for line in lines(shown, ("id", "version", "languages", "signed_by", "title")):
        click.echo(line)


@documents.command("render")
@AS_JSON
@click.argument("name", metavar="ID")
@click.option("--values", "values", required=True, type=click.File("rb"), help="JSON object of the document's fields.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The PDF, a new file; only you can read it."
)
@click.option("--language", default="zh-CN", show_default=True, help="One of the document's languages.")
@click.option("--elder", is_flag=True, help="In large type.")
@click.option(
    "--written",
    type=(str, click.File("rb")),
    multiple=True,
    help="A room of the document, and a PNG of what was written.",
)
def render_document(
    name: str, values: Any, out: Path, language: str, written: Written, *, elder: bool, as_json: bool
) -> None:
    """Set the document ID (of `documents list`) to a PDF and print its SM3. The same values give the same bytes."""
    from padkit_agent.documents import open_fonts, open_shelf, render, render_signed

    try:
        sheet, fonts = open_shelf().find(name), open_fonts()
        given = _values(values)
        told = render(sheet, given, fonts, language=language, elder=elder)
        if written:
            pictures = {room: HiddenBytes(file.read(MOST_PICTURE_BYTES)) for room, file in written}
            told = render_signed(sheet, given, fonts, pictures, told.pdf_sm3, language=language, elder=elder)
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc
    _write(out, told.pdf)
    if as_json:
        size = len(told.pdf)
        digests = {"pdf_sm3": told.pdf_sm3, "template_sm3": told.template_sm3, "signed_sm3": told.signed_sm3}
        head = {"document": told.document, "version": told.version, "language": told.language, "elder": told.elder}
        click.echo(json.dumps({**head, "bytes": size, **digests}))
    else:
        click.echo(told.pdf_sm3)


def _values(file: Any) -> Mapping[str, object]:
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise click.ClickException(f"{file.name}: more than {MOST_BYTES} bytes; give one object of fields")
    try:
        values = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as exc:
        raise click.ClickException(f"{file.name}: not JSON ({exc}); give one object of fields") from exc
    if not isinstance(values, dict):
        raise click.ClickException(f"{file.name}: no JSON object; give one object of fields")
    return values


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a field stands there twice")
    return values


def _write(out: Path, pdf: bytes) -> None:
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pdf)
    except FileExistsError as exc:
        raise click.ClickException(f"{out} exists; give a new file") from exc
    except OSError as exc:
        raise click.ClickException(f"{out}: {exc.strerror}; give a file that can be written") from exc
