"""`padkit-central envelope`: seal, open, verify and inspect messages in files, of ours and of other makers.

For support staff and partners. Unlike the service, which tells the outside one refusal for everything, it says to the
person who holds the key what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from padkit_central.app import real_means
from padkit_central.commands import envelope_files as files
from padkit_central.commands import envelope_options as options
from padkit_central.commands.common import plainly, print_json
from padkit_central.commands.envelope_files import KeyFiles
from padkit_central.commands.envelope_options import Wanted
from padkit_central.commands.envelope_views import opened_lines, report_lines, view_opened, view_report
from padkit_contract import foreign, pem
from padkit_contract.claim import claimed_context
from padkit_contract.cms import opener
from padkit_contract.context import Context
from padkit_contract.envelope import Opened, Recipient, open_envelope
from padkit_contract.envelope import seal as seal_envelope
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Usage


@click.group()
def envelope() -> None:
    """Seal, open, verify and inspect messages in files. IN and OUT may be - for standard input and output."""


@envelope.command()
@options.source
@options.target
@options.profile_option
@options.key_options
@click.option("--to", required=True, type=options.a_file, help="PEM: the receiver's encryption certificate.")
@options.trust_option
@options.context_options
@click.option("--pem", "as_pem", is_flag=True, help="Write PEM.")
@options.force_option
@options.library_option
@plainly
def seal(
    source: str,
    target: str,
    *,
    profile: str,
    keys: KeyFiles,
    to: Path,
    trust: Path | None,
    wanted: Wanted,
    as_pem: bool,
    force: bool,
    libcrypto: str,
) -> None:
    """Sign IN with our key and seal it for the owner of --to, into OUT.

    With --trust the receiver's certificate must chain to a root in it.
    """
    suite, means = files.fit_suite(libcrypto), real_means()
    sender, recipient, now = keys.needed(suite), Recipient.load(files.certificate(to), suite), means.now()
    if trust is not None:
        files.trust(trust, suite).check(recipient.certificate, Usage.KEY_ENCIPHERMENT, now)
    payload = files.read_bytes(source)
    sealed = seal_envelope(
        payload,
        wanted.context(sender, recipient, now, means.ids()),
        sender=sender,
        recipient=recipient,
        random_bytes=means.random_bytes,
        now=now,
        profile=Profile(profile),
    )
    written = pem.write(pem.MESSAGE, sealed).encode() if as_pem else sealed
    files.write_bytes(target, written, mode=files.PUBLIC, force=force)
    click.echo(f"profile {profile}, {len(payload)} bytes for {recipient.name}: {len(sealed)} bytes sealed", err=True)


@envelope.command("open")
@options.source
@options.target
@options.profiles_option
@options.foreign_option
@options.key_options
@options.trust_option
@options.force_option
@options.library_option
@plainly
def open_(
    source: str,
    target: str,
    *,
    profiles: tuple[str, ...],
    as_foreign: bool,
    keys: KeyFiles,
    trust: Path | None,
    force: bool,
    libcrypto: str,
) -> None:
    """Open IN with our key and write what is inside to OUT, mode 0600, when every check holds.

    With --foreign also what nobody signed is written, and the report on the error stream says so.
    """
    _check(profiles, as_foreign=as_foreign)
    raw, say = files.read_message(source), partial(click.echo, err=True)
    if as_foreign:
        report = _foreign(raw, keys, trust, libcrypto)
        for line in report_lines(view_report(report)):
            say(line)
        if report.content is None:
            raise EnvelopeRefused("foreign.closed", f"{_why(report)}; nothing is written")
        content = report.content
    else:
        opened = _open(raw, keys, profiles, trust, libcrypto)
        for line in opened_lines(view_opened(opened)):
            say(line)
        content = opened.payload
    files.write_bytes(target, content, mode=files.PRIVATE, force=force)


@envelope.command()
@options.source
@options.profiles_option
@options.foreign_option
@options.key_options
@options.trust_option
@options.json_option
@options.library_option
@plainly
def verify(
    source: str,
    *,
    profiles: tuple[str, ...],
    as_foreign: bool,
    keys: KeyFiles,
    trust: Path | None,
    as_json: bool,
    libcrypto: str,
) -> None:
    """Open IN and say who signed it, by which rule; what is inside is not shown.

    With --foreign a key is needed only for what is encrypted, and exit code 0 means: a signature holds, its chain too.
    """
    _check(profiles, as_foreign=as_foreign)
    raw = files.read_message(source)
    if not as_foreign:
        opened = view_opened(_open(raw, keys, profiles, trust, libcrypto))
        _tell(opened, opened_lines(opened), as_json=as_json)
        return
    report = _foreign(raw, keys, trust, libcrypto)
    view = view_report(report)
    _tell(view, report_lines(view), as_json=as_json)
    if not report.signed:
        raise EnvelopeRefused("foreign.unsigned", _why(report))


@envelope.command()
@options.source
@options.json_option
@options.library_option
@plainly
def inspect(source: str, *, as_json: bool, libcrypto: str) -> None:
    """Say what IN is, without any key: structure, algorithms, recipients, signers, and what it claims."""
    raw = files.read_message(source)
    report = foreign.read(raw, suite=files.fit_suite(libcrypto), now=real_means().now())
    profile = _form(raw)
    view = view_report(report, profile and profile.value, _claim(raw) if profile is Profile.A else None)
    _tell(view, report_lines(view), as_json=as_json)


def _check(profiles: tuple[str, ...], *, as_foreign: bool) -> None:
    if profiles and as_foreign:
        raise click.UsageError(
            "--profile is for envelopes of ours, --foreign for messages of other makers: one of them"
        )


def _open(raw: bytes, keys: KeyFiles, profiles: tuple[str, ...], trust: Path | None, libcrypto: str) -> Opened:
    if trust is None:
        raise click.UsageError("name whom to believe with --trust; --foreign does without for messages of other makers")
    suite = files.fit_suite(libcrypto)
    return open_envelope(
        raw,
        own=[keys.needed(suite)],
        trust=files.trust(trust, suite),
        now=real_means().now(),
        accept=frozenset(map(Profile, profiles)) or frozenset({Profile.A}),
    )


def _foreign(raw: bytes, keys: KeyFiles, trust: Path | None, libcrypto: str) -> foreign.Report:
    suite = files.fit_suite(libcrypto)
    identity = keys.identity(suite)
    own = [] if identity is None else [identity]
    chains = None if trust is None else files.chains(trust)
    return foreign.read(raw, suite=suite, own=own, chains=chains, now=real_means().now())


def _why(report: foreign.Report) -> str:
    """Return the first check that fails, else the first that could not be made."""
    first = min(report.checks, key=lambda check: list(foreign.Verdict).index(check.verdict))
    return foreign.printable(f"{first.what}: {first.rule}")


def _form(raw: bytes) -> Profile | None:
    """Return the profile of ours that this has the form of."""
    try:
        return opener.decode(raw, frozenset(Profile))[0]
    except EnvelopeRefused:
        return None


def _claim(raw: bytes) -> Context | None:
    """Return the context outside, None when it is none of this version."""
    try:
        return claimed_context(raw)
    except EnvelopeRefused:
        return None


def _tell(view: object, lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    for line in lines:
        click.echo(line)
