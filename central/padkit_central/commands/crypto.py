"""`padkit-central crypto`: is the machine's cryptography fit?"""

from __future__ import annotations

import click

from padkit_central.commands.common import print_json
from padkit_contract.crypto import NativeSuite, PureSuite, self_test
from padkit_contract.errors import CryptoUnfit


@click.group()
def crypto() -> None:
    """National cryptography (SM2, SM3, SM4) on this machine."""


@crypto.command()
@click.option("--libcrypto", default="libcrypto.so.3", show_default=True, help="OpenSSL 3 with SM2: name or path.")
@click.option("--pure", is_flag=True, help="Test the pure-Python fallback in its place.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def selftest(libcrypto: str, *, pure: bool, as_json: bool) -> None:
    """Recompute the published examples. Exit code 0 only when every one comes out right."""
    try:
        suite = PureSuite() if pure else NativeSuite.load(libcrypto)
    except CryptoUnfit as exc:
        raise click.ClickException(str(exc)) from exc
    results = self_test(suite)
    if as_json:
        print_json({"suite": suite.name, "examples": results})
    else:
        for result in results:
            click.echo(f"{'ok  ' if result.ok else 'FAIL'}  {result.name}")
    if not all(result.ok for result in results):
        raise click.ClickException(f"{suite.name} is not fit; nothing may be signed with it")
    if not as_json:
        click.echo(f"{suite.name}: {len(results)} examples reproduced")
