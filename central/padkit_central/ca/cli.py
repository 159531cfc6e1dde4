"""`padkit-central ca`: the test certificate authority from a terminal. The only place here with a real clock and chance."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

import click

from padkit_central.ca import rotation
from padkit_central.ca.authority import Authority
from padkit_central.ca.folder import CaRefused
from padkit_central.ca.revocation import LIST_DAYS, Revocations, install_lists
from padkit_central.ca.shelf import Means, Shelf
from padkit_central.ca.show import describe
from padkit_contract import pem
from padkit_contract.crypto import choose_suite
from padkit_contract.errors import ContractError
from padkit_contract.keyfile import read_password

PASSWORD_VARIABLE = "PADKIT_KEY_PASSWORD_FILE"  # noqa: S105 the name of a variable
DEFAULT_HOSTS = ("localhost", "127.0.0.1", "::1")

P = ParamSpec("P")


Issue = Callable[
    ..., None
]  # of the authority, a name, a password and the folder to make; then the command's own options

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
out_option = click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to make.")
password_option = click.option(
    "--password-file",
    required=True,
    envvar=PASSWORD_VARIABLE,
    type=click.Path(path_type=Path),
    help=f"The CA's key password, mode 0600 (or {PASSWORD_VARIABLE}).",
)
party_password_option = click.option(
    "--party-password-file", type=click.Path(path_type=Path), help="Password of the issued keys; the CA's if left out."
)
library_option = click.option("--libcrypto", default="libcrypto.so.3", show_default=True, help="OpenSSL 3 with SM2.")


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a refusal into one line for the person at the terminal."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (CaRefused, ContractError, OSError) as exc:
            raise click.ClickException(str(exc)) from exc

    return run


def _means(password_file: Path, libcrypto: str) -> Means:
    suite = choose_suite(allow_pure=False, library=libcrypto, log=_silent)
    return Means(suite, read_password(password_file), datetime.now(UTC), secrets.token_bytes)


def _authority(folder: Path, password_file: Path, libcrypto: str) -> Authority:
    return Authority(folder, _means(password_file, libcrypto))


def _shelf(folder: Path, password_file: Path, libcrypto: str) -> Shelf:
    return Shelf(folder, _means(password_file, libcrypto))


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: without the pure fallback there is no choice to report, and a refusal says all."""


def _issues_party(command: Issue) -> Callable[..., None]:
    """Give a command what issuing one named party takes: DIR, NAME, where to put it, and the passwords."""

    @folder_argument
    @click.argument("name")
    @out_option
    @password_option
    @party_password_option
    @library_option
    @functools.wraps(command)
    @_plainly
    def run(
        folder: Path,
        name: str,
        out: Path,
        password_file: Path,
        party_password_file: Path | None,
        libcrypto: str,
        **own: object,
    ) -> None:
        authority = _authority(folder, password_file, libcrypto)
        command(authority, name, read_password(party_password_file or password_file), out, **own)

    return run


@click.group("ca")
def group() -> None:
    """Test certificate authority: TEST ONLY certificates for services and kits."""


@group.command()
@folder_argument
@click.option("--entity", help="Legal bank that runs the CA.")
@click.option("--upgrade", is_flag=True, help="Add to a CA of an earlier version the sub CAs that it lacks.")
@password_option
@library_option
@_plainly
def init(folder: Path, entity: str | None, password_file: Path, libcrypto: str, *, upgrade: bool) -> None:
    """Make root, a sub CA for each role, and the TLS CA in DIR."""
    authority = _authority(folder, password_file, libcrypto)
    if upgrade:
        made = authority.upgrade()
        click.echo(f"made {', '.join(made)}; next: issue the parties again" if made else "nothing was missing")
        return
    if not entity:
        raise click.UsageError("--entity says whose CA it is")
    authority.init(entity)
    click.echo(f"CA of {entity} in {folder}; next: padkit-central ca service {folder} NAME --out OUT")


@group.command()
@folder_argument
@click.argument("name")
@out_option
@click.option(
    "--host", "hosts", multiple=True, default=DEFAULT_HOSTS, show_default=True, help="For the TLS certificate."
)
@password_option
@party_password_option
@library_option
@_plainly
def service(
    folder: Path,
    name: str,
    out: Path,
    hosts: tuple[str, ...],
    password_file: Path,
    party_password_file: Path | None,
    libcrypto: str,
) -> None:
    """Issue the keys and certificates of service NAME into OUT."""
    authority = _authority(folder, password_file, libcrypto)
    authority.issue_service(name, out, hosts=hosts, password=read_password(party_password_file or password_file))
    click.echo(
        f"service {name} in {out}; next: padkit-central ca kit {folder} KIT --entity E --service {name} --out OUT"
    )


@group.command()
@_issues_party
def hsm(authority: Authority, name: str, password: bytes, out: Path) -> None:
    """Issue the keys and certificate of the mock HSM NAME into OUT; kits issued afterwards seal C3 fields for it."""
    authority.issue_hsm(name, out, password=password)
    click.echo(f"HSM {name} in {out}; next: padkit-sim hsm --keys {out}, and issue the kits")


@group.command()
@_issues_party
def operator(authority: Authority, name: str, password: bytes, out: Path) -> None:
    """Issue the signing key and certificate of the person NAME, who asks for commands and approves them, into OUT."""
    authority.issue_operator(name, out, password=password)
    click.echo(f"operator {name} in {out}; give the folder to nobody else")


@group.command()
@click.option("--title", required=True, help="The seal's name, as people read it: the legal bank's.")
@click.option(
    "--picture",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="PNG, at most 256 KiB.",
)
@_issues_party
def seal(authority: Authority, name: str, password: bytes, out: Path, title: str, picture: Path) -> None:
    """Issue the electronic seal NAME (GB/T 38540) and the key that stamps with it into OUT; central stamps receipts with it."""
    authority.issue_seal(name, title, picture.read_bytes(), out, password=password)
    click.echo(f"seal {name} in {out}; next: put the folder below [seals] folder, named as the entity")


@group.command()
@_issues_party
def support(authority: Authority, name: str, password: bytes, out: Path) -> None:
    """Issue the key and certificate of the support desk NAME into OUT; kits issued afterwards seal their bundles for it."""
    authority.issue_support(name, out, password=password)
    click.echo(f"support {name} in {out}; next: issue the kits")


@group.command()
@folder_argument
@click.argument("kit")
@click.option("--entity", required=True, help="Legal bank whose kit it is.")
@out_option
@click.option("--service", "service_name", default="central", show_default=True, help="Service the kit seals for.")
@click.option(
    "--register", type=click.Path(path_type=Path), help="Folder of the running service, to learn the kit's key."
)
@password_option
@party_password_option
@library_option
@_plainly
def kit(
    folder: Path,
    kit: str,
    entity: str,
    out: Path,
    service_name: str,
    register: Path | None,
    password_file: Path,
    party_password_file: Path | None,
    libcrypto: str,
) -> None:
    """Issue the keys and certificates of KIT into OUT."""
    password = read_password(party_password_file or password_file)
    authority = _authority(folder, password_file, libcrypto)
    authority.issue_kit(kit, entity, out, service=service_name, password=password, register=register)
    click.echo(f"kit {kit} of {entity} in {out}; next: name the folder in the agent.toml, [keys] folder")


@group.command()
@folder_argument
@click.argument("service_name", metavar="SERVICE")
@click.option("--party", required=True, type=click.Path(path_type=Path), help="The service's folder.")
@click.option("--overlap-days", default=14, show_default=True, type=click.IntRange(0, 365), help="The old key's rest.")
@password_option
@party_password_option
@library_option
@_plainly
def rotate(
    folder: Path,
    service_name: str,
    party: Path,
    overlap_days: int,
    password_file: Path,
    party_password_file: Path | None,
    libcrypto: str,
) -> None:
    """Give SERVICE a new encryption key; the old one opens for some more days. The service takes it at its next start."""
    shelf = _shelf(folder, password_file, libcrypto)
    password = read_password(party_password_file or password_file)
    until = rotation.rotate(shelf, service_name, party, password=password, overlap_days=overlap_days)
    click.echo(f"service {service_name} has a new key, the old one opens until {until:%F %R} UTC; next: restart it")


@group.command()
@folder_argument
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--serial", help="The certificate's serial (hex), when there is no FILE.")
@click.option("--reason", required=True, help="Kept in the CA's list.")
@password_option
@library_option
@_plainly
def revoke(
    folder: Path, file: Path | None, serial: str | None, reason: str, password_file: Path, libcrypto: str
) -> None:
    """Take back the certificates in FILE, or the one with --serial. It counts once `ca crl` has made new lists."""
    if (file is None) == (serial is None):
        raise click.UsageError("name either a FILE or --serial")
    revocations = Revocations(_shelf(folder, password_file, libcrypto))
    serials = revocations.revoke_file(file, reason) if file else (revocations.revoke_serial(serial or "", reason),)
    click.echo(f"revoked {', '.join(serials)}; next: padkit-central ca crl {folder} --install PARTY-FOLDER")


@group.command()
@folder_argument
@click.option("--days", default=LIST_DAYS, show_default=True, type=click.IntRange(1, 3650), help="How long they hold.")
@click.option("--install", "parties", multiple=True, type=click.Path(path_type=Path), help="A party's folder.")
@password_option
@library_option
@_plainly
def crl(folder: Path, days: int, parties: tuple[Path, ...], password_file: Path, libcrypto: str) -> None:
    """Make new revocation lists of root and every sub CA: crl.pem in DIR, and in each folder to --install into.

    A running service takes them within seconds, and hands them to its kits.
    """
    lists = Revocations(_shelf(folder, password_file, libcrypto)).make_lists(days)
    for place in (folder, *parties):
        install_lists(place, lists)
    click.echo(f"{len(lists)} lists in {', '.join(str(place) for place in (folder, *parties))}")


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@_plainly
def show(file: Path) -> None:
    """Say what a PEM FILE holds."""
    for line in describe(pem.text_of(file)):
        click.echo(line)
