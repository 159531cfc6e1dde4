"""What Bouncy Castle makes by its own habits, without a word of ours in it, is read, opened and judged as a foreign message."""

from __future__ import annotations

import pytest
from asked import flipped, receiver, signed_by_the_peer
from bouncy_castle import BouncyCastle
from talk import PAYLOAD, Talk

from padkit_contract.foreign import Chains, Report, Structure, Verdict, read

FORMS = {
    "with attributes": {},
    "without": {"plain": b""},
    "BER": {"ber": b""},
    "BER without": {"ber": b"", "plain": b""},
}


def found(talk: Talk, message: bytes) -> Report:
    chains = Chains((talk.pki.root_certificate,), tuple(talk.pki.sub_certificates.values()))
    return read(message, suite=talk.pki.suite, own=[talk.service_receives], chains=chains, now=talk.pki.now)


def sealed_by_the_peer(bouncy: BouncyCastle, talk: Talk, verb: str, content: bytes) -> bytes:
    return bouncy.ask(verb, content=content, certificate=talk.central.certificate.der)["message"]


@pytest.mark.parametrize("form", FORMS)
def test_its_signed_messages_are_verified(bouncy: BouncyCastle, talk: Talk, form: str) -> None:
    report = found(talk, signed_by_the_peer(bouncy, talk, talk.kit, **FORMS[form]))
    assert report.signed
    assert report.content == PAYLOAD
    assert report.encoding == ("BER" if "ber" in FORMS[form] else "DER")


@pytest.mark.parametrize("form", FORMS)
def test_a_change_of_what_it_signed_is_seen(bouncy: BouncyCastle, talk: Talk, form: str) -> None:
    message = signed_by_the_peer(bouncy, talk, talk.kit, **FORMS[form])
    report = found(talk, message.replace(b"ACC-01", b"ACC-02", 1))
    assert report.fails
    assert report.content is None


@pytest.mark.parametrize("verb", ["seal", "seal-authenticated"])
def test_its_sealed_messages_are_opened_and_nobody_signed_them(bouncy: BouncyCastle, talk: Talk, verb: str) -> None:
    report = found(talk, sealed_by_the_peer(bouncy, talk, verb, PAYLOAD))
    assert report.content == PAYLOAD
    assert not report.signed
    assert {check.verdict for check in report.checks if check.what == "signature"} == {Verdict.OPEN}


@pytest.mark.parametrize("verb", ["seal", "seal-authenticated"])
@pytest.mark.parametrize("form", FORMS)
def test_what_it_signs_and_seals_is_taken_apart_layer_by_layer(
    bouncy: BouncyCastle, talk: Talk, verb: str, form: str
) -> None:
    inner = signed_by_the_peer(bouncy, talk, talk.kit, **FORMS[form])
    report = found(talk, sealed_by_the_peer(bouncy, talk, verb, inner))
    assert report.layers[-1].structure is Structure.SIGNED
    assert (report.signed, report.content) == (True, PAYLOAD)


def test_a_changed_authenticated_message_does_not_open(bouncy: BouncyCastle, talk: Talk) -> None:
    message = sealed_by_the_peer(bouncy, talk, "seal-authenticated", PAYLOAD)
    report = found(talk, flipped(0.99)(message))
    assert report.fails
    assert report.content is None


def test_it_verifies_what_the_reader_verifies(bouncy: BouncyCastle, talk: Talk) -> None:
    """The same message, judged by both."""
    message = sealed_by_the_peer(bouncy, talk, "seal", signed_by_the_peer(bouncy, talk, talk.kit))
    assert bouncy.ask("open", message=message, **receiver(talk))["content"].startswith(b"\x30")
    assert found(talk, message).signed
