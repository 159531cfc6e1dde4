"""Options that the commands of `padkit-central envelope` share, each group handed over as one value."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from padkit_central.commands.envelope_files import KeyFiles
from padkit_contract.catalogue import load_catalogue
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Identity, Recipient
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Role

Command = Callable[..., None]
PROFILES = [profile.value for profile in Profile]
PASSWORD_VARIABLE = "PADKIT_KEY_PASSWORD_FILE"  # noqa: S105 the name of a variable
MAX_MINUTES = 366 * 24 * 60

a_file = click.Path(path_type=Path, dir_okay=False)
a_stream = click.Path(dir_okay=False, allow_dash=True)
source = click.argument("source", metavar="IN", type=a_stream)
target = click.argument("target", metavar="OUT", type=a_stream)
profile_option = click.option(
    "--profile", type=click.Choice(PROFILES), default="A", show_default=True, help="Which form to write."
)
profiles_option = click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Choice(PROFILES),
    help="Accept this profile (repeat for several); A if left out. The message has no say in it.",
)
foreign_option = click.option(
    "--foreign", "as_foreign", is_flag=True, help="A message of another maker: report what it is and what holds."
)
trust_option = click.option("--trust", type=a_file, help="PEM: roots, CAs below them, revocation lists.")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
force_option = click.option("--force", is_flag=True, help="Overwrite OUT.")
library_option = click.option("--libcrypto", default="libcrypto.so.3", show_default=True, help="OpenSSL 3 with SM2.")

KEY_OPTIONS = (
    click.option("--key", type=a_file, help="PEM: our private key, encrypted, mode 0600."),
    click.option("--cert", type=a_file, help="PEM: the key's certificate."),
    click.option(
        "--password-file",
        envvar=PASSWORD_VARIABLE,
        type=a_file,
        help=f"The key's password, mode 0600 (or {PASSWORD_VARIABLE}).",
    ),
)
CONTEXT_OPTIONS = (
    click.option("--entity", help="Legal bank in the context; that of the kit's certificate if left out."),
    click.option("--kit", help="Kit in the context; the end that is a kit if left out."),
    click.option("--business", default="file", show_default=True, help="Business in the context."),
    click.option("--envelope", help="Envelope id in the context; a fresh UUIDv7 if left out."),
    click.option("--sequence", type=click.IntRange(0), default=0, show_default=True, help="Sequence in the context."),
    click.option("--catalogue", type=int, help="Catalogue version in the context; this program's if left out."),
    click.option(
        "--valid-minutes",
        type=click.IntRange(1, MAX_MINUTES),
        default=60,
        show_default=True,
        help="How long it may be opened.",
    ),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person at the terminal wants in the context; None is filled in."""

    entity: str | None
    kit: str | None
    business: str
    envelope: str | None
    sequence: int
    catalogue: int | None
    valid_minutes: int

    def context(self, sender: Identity, recipient: Recipient, now: datetime, ids: Callable[[], str]) -> Context:
        """Return the context of a message between these two."""
        kit = sender.certificate if sender.certificate.role is Role.KIT else recipient.certificate
        return Context(
            version=VERSION,
            entity=self.entity or kit.entity,
            kit=self.kit or kit.name,
            envelope=self.envelope or ids(),
            sequence=self.sequence,
            business=self.business,
            catalogue=load_catalogue().version if self.catalogue is None else self.catalogue,
            key=recipient.key_id,
            recipient=recipient.name,
            not_after=int((now + timedelta(minutes=self.valid_minutes)).timestamp()),
        )


def key_options(command: Command) -> Command:
    """Add what names a key of ours; the command gets it as `keys`."""

    @functools.wraps(command)
    def run(*args: object, key: Path | None, cert: Path | None, password_file: Path | None, **rest: object) -> None:
        command(*args, keys=KeyFiles(key, cert, password_file), **rest)

    return _with(run, KEY_OPTIONS)


def context_options(command: Command) -> Command:
    """Add what names the context; the command gets it as `wanted`."""
    names = Wanted.__slots__

    @functools.wraps(command)
    def run(*args: object, **given: object) -> None:
        wanted = {name: given.pop(name) for name in names}
        command(*args, wanted=msgspec.convert(wanted, Wanted), **given)

    return _with(run, CONTEXT_OPTIONS)


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
