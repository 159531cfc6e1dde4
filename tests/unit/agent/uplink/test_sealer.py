from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_agent.core.trusted_time import Reading, TrustedTime
from padkit_agent.uplink import Sealer
from padkit_central.ca.authority import Authority, Means
from padkit_contract.claim import claimed_context
from padkit_contract.commands import COMMAND, Command, Lock
from padkit_contract.context import Context
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.envelope import Identity, Recipient, seal
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import Outcome, Reply, decode, encode
from padkit_contract.party import Party, load_party

from ..stepping import Stepping
from .central import LittleCentral

YEAR_S = 365 * 24 * 3600
E1 = "01a20000-0000-7000-9000-000000000001"


def test_the_context_says_who_sends_what_to_whom(sealer: Sealer, time: Stepping) -> None:
    context = claimed_context(sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=7))
    assert (context.entity, context.kit, context.recipient) == ("bank", "KIT-1", "central")
    assert (context.business, context.envelope, context.sequence) == ("ACC-01", E1, 7)
    assert context.not_after == int(time.now_s) + 7 * 24 * 3600


def test_every_seal_is_a_new_envelope_under_the_same_id(sealer: Sealer) -> None:
    first, second = (sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=1) for _ in range(2))
    assert first != second
    assert claimed_context(first) == claimed_context(second)


def test_a_kit_without_centrals_certificate_seals_nothing(sealer: Sealer) -> None:
    lonely = replace(sealer, party=replace(sealer.party, peer=None))
    with pytest.raises(EnvelopeRefused, match="kit KIT-1: no certificate of central; enrol again"):
        lonely.seal(b"{}", business="ACC-01", envelope=E1, sequence=1)


def test_a_reply_opens_for_its_own_request_only(sealer: Sealer, central: LittleCentral) -> None:
    context = claimed_context(sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=1))
    raw = central.sealed(Reply(Outcome.OK), context)
    assert sealer.open_reply(raw, business="ACC-01", envelope=E1).outcome is Outcome.OK
    with pytest.raises(EnvelopeRefused, match=r"reply\.context"):
        sealer.open_reply(raw, business="OPS-15", envelope=E1)
    with pytest.raises(EnvelopeRefused, match=r"reply\.context"):
        sealer.open_reply(raw, business="ACC-01", envelope=E1[:-1] + "2")


def test_a_reply_of_long_ago_is_not_believed(sealer: Sealer, central: LittleCentral, time: Stepping) -> None:
    context = claimed_context(sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=1))
    raw = central.sealed(Reply(Outcome.OK), context)
    time.step(2 * 3600)
    with pytest.raises(EnvelopeRefused, match="expired"):
        sealer.open_reply(raw, business="ACC-01", envelope=E1)


def test_a_reply_of_another_service_is_not_believed(
    sealer: Sealer, central: LittleCentral, parties: tuple[Party, Party], time: Stepping, suite: Suite, tmp_path: Path
) -> None:
    """One authority certifies several; only the one that was asked may answer."""
    means = Means(suite, b"TEST ONLY", datetime.fromtimestamp(time.now_s, UTC), secrets.token_bytes)
    authority = Authority(parties[1].tls.cert.parents[1] / "ca", means)
    authority.issue_service("upgrades", tmp_path / "upgrades", hosts=("127.0.0.1",), password=b"TEST ONLY")
    other = load_party(tmp_path / "upgrades", suite, b"TEST ONLY")
    context = claimed_context(sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=1))
    forged = replace(central, party=replace(central.party, sign=other.sign)).sealed(Reply(Outcome.OK), context)
    with pytest.raises(EnvelopeRefused, match=r"reply\.signer: signed by bank/upgrades"):
        sealer.open_reply(forged, business="ACC-01", envelope=E1)


ORDER = Command("c-1", "bank", "KIT-1", 4, Lock(), "test", "wang", (), 0)


def ordered(sealer: Sealer, service: Party, signer: Identity | None, time: Stepping, **changed: Any) -> bytes:
    """Return an order for the kit as central seals it, signed by `signer`."""
    kit = sealer.party.encrypt.certificate
    context = Context(2, "bank", "KIT-1", E1, 4, COMMAND, 1, kit.key_id, "KIT-1", int(time.now_s) + 60)
    recipient = Recipient.load(kit, choose_suite(allow_pure=True, library="libcrypto.so.3", log=lambda *_, **__: None))
    assert signer is not None
    return seal(
        encode(ORDER), msgspec.structs.replace(context, **changed), sender=signer, recipient=recipient,
        random_bytes=secrets.token_bytes, now=datetime.fromtimestamp(time.now_s, UTC),
    )  # fmt: skip


def test_an_order_opens_when_the_command_key_signed_it(
    sealer: Sealer, parties: tuple[Party, Party], time: Stepping
) -> None:
    opened = sealer.open_command(ordered(sealer, parties[1], parties[1].command, time))
    assert (decode(opened.payload, Command), opened.context.sequence) == (ORDER, 4)


def test_an_order_that_the_service_key_signed_is_none(
    sealer: Sealer, parties: tuple[Party, Party], time: Stepping
) -> None:
    with pytest.raises(EnvelopeRefused):
        sealer.open_command(ordered(sealer, parties[1], parties[1].sign, time))


def test_an_order_that_a_kit_signed_is_none(sealer: Sealer, parties: tuple[Party, Party], time: Stepping) -> None:
    with pytest.raises(EnvelopeRefused):
        sealer.open_command(ordered(sealer, parties[1], sealer.party.sign, time))


@pytest.mark.parametrize("changed", [{"kit": "KIT-2"}, {"entity": "other"}])
def test_an_order_for_somebody_else_is_none(
    sealer: Sealer, parties: tuple[Party, Party], time: Stepping, changed: dict[str, str]
) -> None:
    with pytest.raises(EnvelopeRefused, match=r"context\.kit"):
        sealer.open_command(ordered(sealer, parties[1], parties[1].command, time, **changed))


def test_an_order_of_long_ago_is_none(sealer: Sealer, parties: tuple[Party, Party], time: Stepping) -> None:
    raw = ordered(sealer, parties[1], parties[1].command, time)
    time.step(3600)
    with pytest.raises(EnvelopeRefused, match="expired"):
        sealer.open_command(raw)


def test_an_order_of_another_service_is_none(
    sealer: Sealer, parties: tuple[Party, Party], time: Stepping, suite: Suite, tmp_path: Path
) -> None:
    """One authority certifies several, each with a command key; only the kit's own service orders it."""
    means = Means(suite, b"TEST ONLY", datetime.fromtimestamp(time.now_s, UTC), secrets.token_bytes)
    authority = Authority(parties[1].tls.cert.parents[1] / "ca", means)
    authority.issue_service("upgrades", tmp_path / "upgrades", hosts=("127.0.0.1",), password=b"TEST ONLY")
    other = load_party(tmp_path / "upgrades", suite, b"TEST ONLY")
    with pytest.raises(EnvelopeRefused, match=r"command\.signer: signed by bank/upgrades"):
        sealer.open_command(ordered(sealer, parties[1], other.command, time))


def test_a_reply_is_no_order(sealer: Sealer, central: LittleCentral) -> None:
    context = claimed_context(sealer.seal(b"{}", business="ACC-01", envelope=E1, sequence=1))
    with pytest.raises(EnvelopeRefused):
        sealer.open_command(central.sealed(Reply(Outcome.OK), context))


@pytest.mark.parametrize(
    ("gone_s", "good_for_s", "why"), [(3600, 60, "expired"), (5 * YEAR_S, 9 * YEAR_S, "certificate")]
)
def test_a_wall_clock_that_was_set_back_makes_neither_order_nor_certificate_good_again(
    sealer: Sealer, parties: tuple[Party, Party], time: Stepping, gone_s: int, good_for_s: int, why: str
) -> None:
    begun_s, set_back_s = time.now_s, 0.0
    trusted = TrustedTime(lambda: Reading("boot-1", time.now_s - begun_s, time.now_s - set_back_s))
    trusted.hear(int(begun_s * 1000), trusted.reading())
    order = ordered(sealer, parties[1], parties[1].command, time, not_after=int(begun_s) + good_for_s)
    time.step(gone_s)
    set_back_s = gone_s
    believing = replace(sealer, now_s=lambda: time.now_s - set_back_s)
    assert believing.open_command(order).context.sequence == 4, "whoever believes the wall clock is taken in"
    with pytest.raises(EnvelopeRefused, match=why):
        replace(sealer, now_s=trusted.now_s).open_command(order)
