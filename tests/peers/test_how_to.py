"""The recipe "check our messages with other tools" is followed to the letter, by a partner who has nothing of ours."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bouncy_castle import TUNING
from ends import chance
from openssl import OpenSsl
from pki import make_pki
from programs import jars
from talk import PAYLOAD, Talk, make_talk

from padkit_contract import pem
from padkit_contract.crypto import NativeSuite
from padkit_contract.envelope import Recipient
from padkit_contract.issue import ENCRYPT, Name, Purpose, check_request, make_certificate, make_request
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Role

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs" / "how-to" / "check-with-other-tools.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GET, OPEN, PAYLOAD_OUT, SIGNATURE, CHAIN, CONTEXT, REQUEST, COMPILE, BC_OPEN, BC_SAME, BC_CHECKS = range(11)


@pytest.fixture
def talk() -> Talk:
    """Certificates of this minute: the recipe knows no other time."""
    return make_talk(make_pki(NativeSuite.load("libcrypto.so.3"), datetime.now(UTC)))


class Partner:
    """Somebody with a folder and the recipe."""

    def __init__(self, openssl: OpenSsl) -> None:
        self.openssl = openssl
        self.blocks = BLOCK.findall(RECIPE.read_text(encoding="utf-8"))

    def run(self, *numbers: int) -> subprocess.CompletedProcess[str]:
        """Type blocks of the recipe, in one shell that stops at the first failure."""
        script = "\n".join(["set -euo pipefail", f"PADKIT='{ROOT}'", *(self.blocks[number] for number in numbers)])
        environment = os.environ | {"JDK_JAVA_OPTIONS": " ".join(TUNING)}  # the same, started faster
        command = ["bash", "-c", script]
        folder = self.openssl.folder
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def must(self, *numbers: int) -> str:
        done = self.run(*numbers)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def partner(openssl: OpenSsl, talk: Talk) -> Partner:
    """He has asked for a certificate and got it, with messages of every profile and all that the recipe names."""
    made, pki, put = Partner(openssl), talk.pki, openssl.put
    made.must(GET)
    (asked,) = pem.read(pem.REQUEST, (openssl.folder / "partner.csr.pem").read_text())
    request = check_request(asked, pki.suite)
    purpose, issuer = Purpose(ENCRYPT, Role.SERVICE), pki.subs[Role.SERVICE]
    certificate = make_certificate(
        request.name, request.point, issuer, purpose, now=pki.now, days=90, random_bytes=chance
    )
    openssl.put_certificate("partner.crt.pem", certificate)
    openssl.put_certificate("root.crt.pem", pki.root_certificate)
    openssl.put_certificate("kit-ca.crt.pem", pki.sub_certificates[Role.KIT])
    receiver = Recipient.load(certificate, pki.suite)
    put("message.der", talk.sealed(to=receiver, profile=Profile.C))
    put("message-a.der", talk.sealed(to=receiver))
    csr = make_request(Name("bank", "KIT-7"), pki.suite.generate())
    put("kit.csr.der", csr)
    put("kit.csr.pem", pem.write(pem.REQUEST, csr))
    of_root, of_kits, *_ = pki.revocation_lists()
    put("root.crl.der", of_root)
    put("kit-ca.crl.der", of_kits)
    return made


def test_the_recipe_has_the_steps_that_are_tested_here(partner: Partner) -> None:
    assert len(partner.blocks) == BC_CHECKS + 1


def test_openssl_opens_profile_c_and_checks_all_of_it(partner: Partner, talk: Talk) -> None:
    said = partner.must(OPEN, PAYLOAD_OUT, SIGNATURE, CHAIN, CONTEXT)
    assert (partner.openssl.folder / "payload").read_bytes() == PAYLOAD
    assert "Signature Verified Successfully" in said
    assert "kit-ca.crt.pem: OK\nsigner.crt.pem: OK" in said
    context = json.loads((partner.openssl.folder / "context.json").read_bytes())
    assert (context["kit"], context["recipient"]) == ("KIT-1", "partner")


def test_openssl_checks_our_request(partner: Partner) -> None:
    assert partner.must(REQUEST).strip() == "Certificate request self-signature verify OK"


Change = Callable[[bytes], bytes]


def in_the_payload(signed: bytes) -> bytes:
    return signed.replace(b"ACC-01", b"ACC-02", 1)


def in_the_attributes(signed: bytes) -> bytes:
    return signed.replace(b'"sequence":7', b'"sequence":8')


@pytest.mark.parametrize("change", [in_the_payload, in_the_attributes])
def test_openssl_sees_a_change_inside(partner: Partner, change: Change) -> None:
    partner.must(OPEN)
    path = partner.openssl.folder / "signed.der"
    signed = path.read_bytes()
    path.write_bytes(change(signed))
    assert path.read_bytes() != signed
    assert partner.run(PAYLOAD_OUT, SIGNATURE).returncode != 0


def test_openssl_does_not_open_what_is_for_somebody_else(partner: Partner, talk: Talk) -> None:
    partner.openssl.put("message.der", talk.sealed(profile=Profile.C))
    assert partner.run(OPEN).returncode != 0


def test_bouncy_castle_opens_profile_a_and_checks_all_of_it(partner: Partner) -> None:
    assert all(jar.exists() for jar in jars())
    partner.must(OPEN, PAYLOAD_OUT)
    said = partner.must(COMPILE, BC_OPEN, BC_SAME, BC_CHECKS)
    assert "CN=KIT-1,O=bank" in said
    assert PAYLOAD.decode() in said
