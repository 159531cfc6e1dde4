from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from padkit_agent.uplink import Sealer
from padkit_central.ca.authority import Authority, Means
from padkit_contract.claim import claimed_context
from padkit_contract.crypto import Suite
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import Outcome, Reply
from padkit_contract.party import Party, load_party

from ..stepping import Stepping
from .central import LittleCentral

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
