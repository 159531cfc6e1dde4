"""`padkit-central crypto`: is the machine's cryptography fit?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from padkit_central.commands.common import plainly, print_json
from padkit_central.config import load
from padkit_contract.crypto import DEFAULT_LIBRARY
from padkit_contract.crypto.examination import examine

EXIT_UNFIT = 1


@click.group()
def crypto() -> None:
    """National cryptography (SM2, SM3, SM4) on this machine."""


@crypto.command()
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The service's central.toml: its library and policy are taken.",
)
@click.option("--libcrypto", default=DEFAULT_LIBRARY, show_default=True, help="OpenSSL 3 with SM2: name or path.")
@click.option("--pure", is_flag=True, help="Try the pure-Python fallback, too, as if policy allowed it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@plainly
def selftest(config_path: Path | None, libcrypto: str, *, pure: bool, as_json: bool) -> None:
    """Recompute the published examples. Exit code 0 only when a backend that policy allows gets every one right."""
    allow_pure = pure
    if config_path is not None:
        settings = load(config_path).crypto
        libcrypto, allow_pure = settings.library, settings.allow_pure or pure
    found = examine(allow_pure=allow_pure, library=libcrypto)
    if as_json:
        print_json({"in_use": found.in_use, **asdict(found)})
    else:
        for line in found.lines():
            click.echo(line)
    sys.exit(0 if found.in_use else EXIT_UNFIT)
