"""`padkit-central kit support-bundle`: a kit's sealed support bundle, fetched from the running service into a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from padkit_central.commands.admin import admin_client
from padkit_central.commands.common import config_option, plainly
from padkit_central.config import load


@click.command("support-bundle")
@config_option
@click.argument("kit")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--entity", default="", help="Whose; may be left out when the service has only one.")
@plainly
def support_bundle(config_path: Path, kit: str, out: Path, entity: str) -> None:
    """Fetch the newest support bundle of KIT. Only the support key opens it."""
    config = load(config_path)

    async def run() -> bytes:
        async with admin_client(config) as client:
            return await client.fetch(f"/v1/kits/{kit}/support-bundle", entity=entity)

    bundle = asyncio.run(run())
    out.write_bytes(bundle)
    click.echo(f"support bundle of {kit}: {len(bundle)} bytes in {out}; next: open it with the support key")
