"""C3 fields leave the kit for the HSM or not at all."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from padkit_agent.uplink import Secrecy
from padkit_central.ca.authority import Authority, Means
from padkit_contract.crypto import Suite
from padkit_contract.hsm import load_hsm, open_at_hsm
from padkit_contract.keys import FileKeys
from padkit_contract.messages import C3Part, decode
from padkit_contract.party import Party, load_party
from padkit_sdk.errors import Refused

from ..stepping import BEGUN_S

PASSWORD = b"TEST ONLY"
FIELDS = {"new_pin_block": "7465737420646174612c206e6f742061", "card_expiry": "3012"}
PLACE = {"business": "ACC-01", "envelope": "01a20000-0000-7000-8000-000000000001", "serial": "S-1"}
NOW = datetime.fromtimestamp(BEGUN_S, UTC)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory, suite: Suite) -> Path:
    """The folders of a kit and of the HSM it knows."""
    folder = tmp_path_factory.mktemp("ca")
    authority = Authority(folder / "ca", Means(suite, PASSWORD, NOW, secrets.token_bytes))
    authority.init("bank")
    authority.issue_service("central", folder / "central", hosts=("127.0.0.1",), password=PASSWORD)
    authority.issue_hsm("HSM-1", folder / "hsm", password=PASSWORD)
    authority.issue_kit("KIT-1", "bank", folder / "kit", service="central", password=PASSWORD, register=None)
    return folder


@pytest.fixture(scope="module")
def party(issued: Path, suite: Suite) -> Party:
    return load_party(issued / "kit", suite, PASSWORD)


def at(party: Party, seconds: float = 0) -> Secrecy:
    return Secrecy(party, lambda: BEGUN_S + seconds, secrets.token_bytes)


def test_central_gets_the_names_and_the_hsm_the_values(issued: Path, party: Party, suite: Suite) -> None:
    raw = at(party).seal(FIELDS, **PLACE, attempt=2)
    part = decode(raw, C3Part)
    assert part.names == ("card_expiry", "new_pin_block")
    assert not any(value.encode() in raw for value in FIELDS.values())
    hsm = load_hsm(issued / "hsm", suite, FileKeys(issued / "hsm", suite, PASSWORD))
    opened = open_at_hsm(part.sealed, hsm, NOW)
    assert (opened.kit, opened.envelope) == ("KIT-1", PLACE["envelope"])
    assert (opened.secrets.serial, opened.secrets.attempt, opened.secrets.fields) == ("S-1", 2, FIELDS)


def test_a_kit_that_knows_no_hsm_says_so_and_does_not_seal_for_central_instead(party: Party) -> None:
    lone = at(replace(party, hsm=None))
    for refused in (lone.check, lambda: lone.seal(FIELDS, **PLACE, attempt=1)):
        with pytest.raises(Refused) as told:
            refused()
        assert told.value.reason == "hsm.none"
        assert "ca hsm" in str(told.value)


def test_central_s_certificate_is_never_taken_for_the_hsm(party: Party) -> None:
    with pytest.raises(Refused) as told:
        at(replace(party, hsm=party.peer)).check()
    assert told.value.reason == "hsm.role"


def test_an_hsm_whose_certificate_ran_out_is_refused_before_a_card_moves(party: Party) -> None:
    at(party).check()
    with pytest.raises(Refused) as told:
        at(party, timedelta(days=400).total_seconds()).check()
    assert told.value.reason == "certificate.expired"
