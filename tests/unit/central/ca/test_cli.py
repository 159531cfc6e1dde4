"""The test CA from its terminal: what it makes works together, what it refuses it explains, nothing is half made."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from padkit_central.ca.authority import SUB_CAS, Authority, Means
from padkit_central.ca.cli import group
from padkit_central.ca.folder import CaRefused
from padkit_contract import pem
from padkit_contract.context import Context
from padkit_contract.crypto import NativeSuite, Suite
from padkit_contract.envelope import open_envelope, seal
from padkit_contract.hsm import load_hsm
from padkit_contract.issue import Name, make_request
from padkit_contract.keys import FileKeys
from padkit_contract.party import load_identity, load_party
from padkit_contract.x509 import Role, Usage

PASSWORD = b"TEST ONLY password"
KIT_PASSWORD = b"TEST ONLY kit password"
REGISTERED = ("--register", "@service", "--party-password-file", "@kit-password")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("ca")
    for name, password in (("password", PASSWORD), ("kit-password", KIT_PASSWORD)):
        (place / name).write_bytes(password + b"\n")
        (place / name).chmod(0o600)
    return place


def ca(place: Path, *words: str, password: str = "password"):
    environment = {"PADKIT_KEY_PASSWORD_FILE": str(place / password)}
    return CliRunner().invoke(group, [word.replace("@", f"{place}/") for word in words], env=environment)


@pytest.fixture(scope="module")
def suite(libssl3: None) -> Suite:
    return NativeSuite.load("libcrypto.so.3")


@pytest.fixture(scope="module")
def made(place, libssl3: None) -> Path:
    """A CA, its service, and a kit with a password of its own."""
    for words in (
        ("init", "@ca", "--entity", "bank"),
        ("service", "@ca", "central", "--out", "@service"),
        ("kit", "@ca", "KIT-1", "--entity", "bank", "--out", "@kit", *REGISTERED),
    ):
        result = ca(place, *words)
        assert result.exit_code == 0, result.output
    return place


@pytest.fixture(scope="module")
def kit(made, suite):
    return load_party(made / "kit", suite, KIT_PASSWORD)


@pytest.fixture(scope="module")
def service(made, suite):
    return load_party(made / "service", suite, PASSWORD)


def test_kit_and_service_understand_each_other(kit, service):
    now = datetime.now(UTC)
    context = Context(
        version=2,
        entity="bank",
        kit="KIT-1",
        envelope="e1",
        sequence=1,
        business="ACC-01",
        catalogue=1,
        key=kit.peer.key_id,
        recipient=kit.peer.name,
        not_after=int((now + timedelta(hours=1)).timestamp()),
    )
    request = seal(b"ask", context, sender=kit.sign, recipient=kit.peer, random_bytes=os.urandom, now=now)
    opened = open_envelope(request, own=[service.encrypt], trust=service.trust, now=now)
    assert (opened.payload, opened.signer.name, opened.signer.role) == (b"ask", "KIT-1", Role.KIT)
    back = service.peers.recipient(opened.signer.entity, opened.signer.name, now)
    reply_context = msgspec.structs.replace(context, key=back.key_id, recipient=back.name, business="reply:ACC-01")
    reply = seal(b"answer", reply_context, sender=service.sign, recipient=back, random_bytes=os.urandom, now=now)
    answered = open_envelope(reply, own=[kit.encrypt], trust=kit.trust, now=now)
    assert (answered.payload, answered.signer.role) == (b"answer", Role.SERVICE)


def test_the_tls_files_make_a_mutual_handshake(kit, service):
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=service.tls.trust)
    server.load_cert_chain(service.tls.cert, service.tls.key)
    server.verify_mode = ssl.CERT_REQUIRED
    client = ssl.create_default_context(cafile=kit.tls.trust)
    client.load_cert_chain(kit.tls.cert, kit.tls.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                continue
    assert waiting == []
    subject = dict(part[0] for part in ends[1].getpeercert()["subject"])
    assert subject == {"organizationName": "bank", "commonName": "KIT-1"}


def test_every_file_says_test_only(made):
    files = [*(made / "ca").rglob("*.pem"), *(made / "kit").rglob("*.pem"), *(made / "service").rglob("*.pem")]
    assert len(files) > 20
    assert [file for file in files if not file.read_text().startswith("# TEST ONLY")] == []


def test_every_key_is_private_and_only_tls_keys_are_readable_without_a_password(made):
    keys = list(made.rglob("*.key.pem"))
    assert [key for key in keys if key.stat().st_mode & 0o777 != 0o600] == []
    open_keys = {key.relative_to(made).as_posix() for key in keys if "ENCRYPTED" not in key.read_text()}
    assert open_keys == {"kit/tls.key.pem", "service/tls.key.pem"}
    assert load_pem_private_key((made / "ca" / "tls-ca.key.pem").read_bytes(), PASSWORD) is not None


def test_the_cas_keys_stay_at_the_ca(made):
    held = {path.name for path in (made / "kit").iterdir()} | {path.name for path in (made / "service").iterdir()}
    assert not any("-ca" in name or "root" in name for name in held)


def test_a_service_issued_later_knows_the_kits_already_there(made):
    result = ca(made, "service", "@ca", "central-2", "--out", "@service-2")
    assert result.exit_code == 0, result.output
    names = [path.name for path in (made / "service-2" / "kits").iterdir()]
    assert names == ["bank@KIT-1.crt.pem"]


def test_show_says_who_and_how_long(made):
    result = ca(made, "show", "@kit/sign.crt.pem")
    assert "bank/KIT-1, issued by bank/padkit TEST ONLY kit CA" in result.output
    assert "SM2 with SM3" in result.output
    assert len(ca(made, "show", "@kit/trust.pem").output.splitlines()) == 4 * (1 + len(SUB_CAS))
    assert "ECDSA with SHA-256" in ca(made, "show", "@kit/tls.crt.pem").output


@pytest.mark.parametrize("command", [("show", "@binary"), ("revoke", "@ca", "@binary", "--reason", "lost")])
def test_a_file_that_is_no_text_is_named(place, made, command):
    (place / "binary").write_bytes(b"\xf9\x00")
    result = ca(place, *command)
    assert (result.exit_code, "binary is no PEM file; convert it" in result.output) == (1, True)


def test_show_never_opens_a_key(made):
    assert ca(made, "show", "@kit/sign.key.pem").output == "encrypted private key: not shown\n"
    assert ca(made, "show", "@kit/tls.key.pem").output == "private key, not encrypted: not shown\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("init", "@ca", "--entity", "bank"), "exists already and is left as it is; issue with"),
        (("init", "@ca-2", "--entity", "../bank"), "1 to 32 letters"),
        (("service", "@nowhere", "central", "--out", "@x"), "holds no CA"),
        (("service", "@ca", "central", "--out", "@service"), "exists already and is left as it is"),
        (("service", "@ca", "a/b", "--out", "@x"), "1 to 32 letters"),
        (("kit", "@ca", "KIT-1", "--entity", "bank", "--out", "@kit"), "remove it to issue new keys"),
        (("kit", "@ca", "KIT-2", "--entity", "bank", "--service", "other", "--out", "@x"), "ca service` for it first"),
        (("kit", "@ca", "KIT-2", "--entity", "bank", "--out", "@x", "--register", "@kit"), "not a service's folder"),
        (("kit", "@ca", "KIT 2", "--entity", "bank", "--out", "@x"), "1 to 32 letters"),
        (("show", "@password"), "is it the right file?"),
        (("show", "@nothing"), "No such file"),
        (("init", "@ca-2", "--entity", "bank", "--libcrypto", "libcrypto-of-nobody.so"), "policy forbids"),
    ],
)
def test_what_cannot_be_done_is_explained_and_leaves_nothing(made, words, says):
    before = sorted(made.rglob("*"))
    result = ca(made, *words)
    assert result.exit_code == 1
    assert says in result.output
    assert result.output.count("\n") == 1
    assert sorted(made.rglob("*")) == before


def test_a_wrong_password_is_refused_and_leaves_nothing(made):
    before = sorted(made.rglob("*"))
    result = ca(made, "service", "@ca", "other", "--out", "@other", password="kit-password")
    assert "the password does not open this key file" in result.output
    assert sorted(made.rglob("*")) == before


@pytest.mark.usefixtures("libssl3")
def test_a_password_file_that_others_can_read_is_refused(place):
    loose = place / "loose"
    loose.write_text("TEST ONLY password\n")
    loose.chmod(0o644)
    result = ca(place, "init", "@ca-3", "--entity", "bank", password="loose")
    assert "has mode 0644; make it 0600" in result.output
    assert not (place / "ca-3").exists()


def test_a_failure_in_the_middle_leaves_no_half_folder_and_a_second_try_works(suite, tmp_path):
    def no_chance(size: int) -> bytes:
        raise OSError("no randomness")

    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    with pytest.raises(OSError, match="no randomness"):
        Authority(tmp_path / "ca", Means(suite, PASSWORD, now, no_chance)).init("bank")
    assert list(tmp_path.iterdir()) == []
    authority = Authority(tmp_path / "ca", Means(suite, PASSWORD, now, os.urandom))
    authority.init("bank")
    with pytest.raises(CaRefused):
        authority.init("bank")


def test_certificates_count_from_the_given_clock(suite, tmp_path):
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    authority = Authority(tmp_path / "ca", Means(suite, PASSWORD, now, os.urandom))
    authority.init("bank")
    authority.issue_service("central", tmp_path / "service", hosts=["central.bank"], password=PASSWORD)
    party = load_party(tmp_path / "service", suite, PASSWORD)
    assert party.sign.certificate.not_before == now - timedelta(minutes=5)
    assert party.trust.check(party.sign.certificate, Usage.SIGNATURE, now).role is Role.SERVICE


def test_a_kit_issued_after_the_hsm_seals_c3_fields_for_it(made, suite, kit):
    assert kit.hsm is None
    assert ca(made, "hsm", "@ca", "HSM-1", "--out", "@hsm").exit_code == 0
    assert ca(made, "kit", "@ca", "KIT-9", "--entity", "bank", "--out", "@kit-9").exit_code == 0
    later = load_party(made / "kit-9", suite, PASSWORD)
    hsm = load_hsm(made / "hsm", suite, FileKeys(made / "hsm", suite, PASSWORD))
    assert later.hsm.certificate == hsm.own[0].certificate
    assert later.trust.check(later.hsm.certificate, Usage.KEY_ENCIPHERMENT, datetime.now(UTC)).role is Role.HSM


def test_an_hsm_has_no_key_to_sign_with(made):
    assert ca(made, "hsm", "@ca", "HSM-2", "--out", "@hsm-2").exit_code == 0
    assert sorted(it.name for it in (made / "hsm-2").iterdir()) == ["encrypt.crt.pem", "encrypt.key.pem", "trust.pem"]


def test_a_service_signs_commands_with_a_key_of_its_own(service):
    command = service.command.certificate
    assert (command.role, command.name) == (Role.COMMAND, "central")
    assert Usage.SIGNATURE in command.usage
    assert command.point != service.sign.certificate.point
    assert service.trust.check(command, Usage.SIGNATURE, datetime.now(UTC)).role is Role.COMMAND


def test_an_operators_folder_holds_a_key_to_sign_orders_with(made, suite, service):
    assert ca(made, "operator", "@ca", "li.wei", "--out", "@li.wei").exit_code == 0
    keys = FileKeys(made / "li.wei", suite, PASSWORD)
    identity = load_identity(made / "li.wei" / "sign.crt.pem", Usage.SIGNATURE, keys)
    assert (identity.certificate.role, identity.certificate.name) == (Role.OPERATOR, "li.wei")
    assert service.trust.check(identity.certificate, Usage.SIGNATURE, datetime.now(UTC)).role is Role.OPERATOR


def test_kits_issued_after_it_know_the_support_desk(made, suite, kit):
    assert kit.support is None
    assert ca(made, "support", "@ca", "help-desk", "--out", "@help-desk").exit_code == 0
    assert ca(made, "kit", "@ca", "KIT-S", "--entity", "bank", "--out", "@kit-s").exit_code == 0
    assert load_party(made / "kit-s", suite, PASSWORD).support.name == "help-desk"


def test_a_ca_of_an_earlier_version_says_so_and_gets_what_it_lacks(place, libssl3, suite):
    assert ca(place, "init", "@old", "--entity", "bank").exit_code == 0
    (place / "old" / "command-ca.crt.pem").unlink()
    refused = ca(place, "service", "@old", "central", "--out", "@old-service")
    assert (refused.exit_code, "--upgrade` adds what it lacks" in refused.output) == (1, True)
    assert "made command-ca" in ca(place, "init", "@old", "--upgrade").output
    assert "nothing was missing" in ca(place, "init", "@old", "--upgrade").output
    assert ca(place, "service", "@old", "central", "--out", "@old-service").exit_code == 0
    assert load_party(place / "old-service", suite, PASSWORD).command is not None


def test_a_new_ca_needs_the_name_of_its_bank(place):
    assert ca(place, "init", "@no-entity").exit_code == 2


def test_the_ca_keeps_a_list_of_what_it_issued(made, kit):
    lines = [msgspec.json.decode(line) for line in (made / "ca" / "issued.jsonl").read_bytes().splitlines()]
    (sign,) = [line for line in lines if line["serial"] == f"{kit.sign.certificate.serial:x}"]
    assert (sign["ca"], sign["entity"], sign["name"]) == ("kit-ca", "bank", "KIT-1")
    assert [line["ca"] for line in lines if line["name"] == "KIT-1"] == ["kit-ca", "kit-ca", "tls-ca"]


def test_revoke_lists_and_rotate_from_the_terminal(made, suite):
    command = made / "service" / "command.crt.pem"
    assert "next: padkit-central ca crl" in ca(made, "revoke", "@ca", str(command), "--reason", "lost").output
    assert ca(made, "revoke", "@ca", "--reason", "lost").exit_code == 2
    assert "7 lists in" in ca(made, "crl", "@ca", "--install", "@kit").output
    shown = ca(made, "show", "@kit/crl.pem").output
    assert f"serial {load_party(made / 'service', suite, PASSWORD).command.certificate.serial:x}" in shown
    rotated = ca(made, "rotate", "@ca", "central", "--party", "@service", "--overlap-days", "2")
    assert "the old one opens until" in rotated.output
    again = ca(made, "rotate", "@ca", "central", "--party", "@service")
    assert (again.exit_code, "rotate after that" in again.output) == (1, True)


def test_a_request_is_shown(made, suite):
    request = made / "request.pem"
    request.write_text(pem.write(pem.REQUEST, make_request(Name("bank", "KIT-7"), suite.generate())))
    assert "request of bank/KIT-7, signed with SM2 with SM3" in ca(made, "show", "@request.pem").output


@pytest.mark.parametrize("label", [pem.REQUEST, pem.REVOCATION_LIST])
def test_what_only_looks_like_one_is_said_so(made, label):
    (made / "looks.pem").write_text(pem.write(label, b"0"))
    assert "is it a" in ca(made, "show", "@looks.pem").output
