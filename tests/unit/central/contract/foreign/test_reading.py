"""Messages of other makers: each kept file is opened, verified by the rule it was made by, and never taken for ours."""

from __future__ import annotations

from datetime import UTC, datetime

import kept
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept import MESSAGES, PLAIN, load_kept

from padkit_contract import der, oids
from padkit_contract.cms import profile_d
from padkit_contract.cms.dialect import Dialect, gmssl_digest
from padkit_contract.crypto import sm3
from padkit_contract.crypto.digest import signer_digest
from padkit_contract.crypto.symmetric import cbc_encrypt
from padkit_contract.der import tree
from padkit_contract.der.tree import SEQUENCE, SET, Node
from padkit_contract.envelope import MAX_ENVELOPE, open_envelope
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.foreign import Chains, Family, Structure, Verdict, read
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Certificate, Role, Usage, issuer_and_serial

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BY_FILE = {message["file"]: message for message in MESSAGES}
SIGNED = [name for name, message in BY_FILE.items() if "rule" in message]


@pytest.fixture(scope="module")
def ours(suite) -> kept.Kept:
    return load_kept(suite)


@pytest.fixture(scope="module")
def reading(suite, ours):
    def run(raw: bytes, **changes):
        given = {"suite": suite, "own": [ours.receiver], "chains": ours.chains, "now": NOW}
        return read(raw, **(given | changes))

    return run


def raw_of(name: str) -> bytes:
    return (kept.FOLDER / name).read_bytes()


def checks(report) -> dict[str, tuple[Verdict, str]]:
    return {check.what: (check.verdict, check.rule) for check in report.checks}


# ---- the kept files -------------------------------------------------------------------------------------------------


def test_every_kept_file_is_described():
    assert {path.name for path in kept.FOLDER.glob("*.der")} == set(BY_FILE)


@pytest.mark.parametrize("name", BY_FILE)
def test_a_kept_message_is_opened_and_its_rule_is_named(reading, name):
    message, report = BY_FILE[name], reading(raw_of(name))
    assert [layer.structure.value for layer in report.layers] == message["layers"]
    assert {layer.family for layer in report.layers} == {Family[message["family"]]}
    assert (report.content, report.encoding) == (PLAIN, "DER")
    assert report.signed is ("rule" in message)
    verdict, rule = checks(report)["signature"]
    if "rule" in message:
        assert (verdict, rule) == (Verdict.HOLDS, message["rule"])
        assert "PAD-000001 up to" in checks(report)["certificate chain"][1]
    else:
        assert (verdict, rule) == (Verdict.OPEN, "nobody signed it: anybody can have made it")


@pytest.mark.parametrize("name", BY_FILE)
def test_a_kept_message_is_no_envelope_of_ours_in_any_profile(ends, ours, name):
    with pytest.raises(EnvelopeRefused) as refused:
        open_envelope(raw_of(name), own=[ours.receiver], trust=ends.trust, now=NOW, accept=frozenset(Profile))
    assert refused.value.reason.startswith(("envelope.", "signed.", "context."))


@pytest.mark.parametrize("name", BY_FILE)
def test_without_a_key_it_is_shown_and_what_is_encrypted_stays_so(reading, name):
    report = reading(raw_of(name), own=())
    assert report.layers[0].structure.value == BY_FILE[name]["layers"][0]
    if report.layers[0].encrypted:
        assert report.content is None
        assert checks(report)["content key"][0] is Verdict.OPEN
        assert "PAD Test Device CA, serial 276c0a1f" in report.layers[0].recipients[0].party.text


@pytest.mark.parametrize("name", SIGNED)
def test_without_roots_a_signature_holds_and_nothing_more(reading, name):
    report = reading(raw_of(name), chains=None)
    assert checks(report)["signature"][0] is Verdict.HOLDS
    assert checks(report)["certificate chain"][0] is Verdict.OPEN
    assert not report.signed


def test_a_chain_to_another_root_fails_and_the_content_is_kept_back(reading, pki):
    report = reading(raw_of("gmssl311_sae.der"), chains=Chains((pki.root_certificate,)))
    assert checks(report)["certificate chain"][0] is Verdict.FAILS
    assert report.content is None


def test_a_revoked_signer_fails(reading, pki, suite):
    kit = pki.identity("KIT-1", Role.KIT)
    chains = Chains(
        (pki.root_certificate,), tuple(pki.sub_certificates.values()), pki.revocation_lists(kit.certificate)
    )
    report = reading(signed_data(kit, b"content", by="Z"), chains=chains)
    assert checks(report)["certificate chain"][1].startswith("certificate.revoked")


@pytest.mark.parametrize("name", BY_FILE)
def test_of_all_changed_bytes_none_gives_content_that_counts_as_signed(reading, name):
    """Every 19th byte: other makers leave fields open, so content may still come out, but never another one as signed."""
    raw = raw_of(name)
    for place in range(0, len(raw), 19):
        changed = bytearray(raw)
        changed[place] ^= 1 << (place % 8)
        try:
            report = reading(bytes(changed))
        except EnvelopeRefused:
            continue
        assert not report.signed or report.content == PLAIN


@pytest.mark.parametrize("name", BY_FILE)
def test_the_same_message_in_ber_reads_the_same(reading, name):
    report = reading(indefinite(tree.read(raw_of(name))))
    assert (report.encoding, report.content) == ("BER", PLAIN)
    assert report.signed is ("rule" in BY_FILE[name])


def indefinite(node: Node) -> bytes:
    """Return BER with indefinite lengths, as streaming writers make it; certificates stay as they are."""
    if not node.constructed:
        return node.encode()
    return bytes([node.tag, 0x80]) + b"".join(indefinite(child) for child in node.children) + b"\0\0"


PKCS7 = {
    oids.GM_DATA: oids.DATA,
    oids.GM_SIGNED_DATA: oids.SIGNED_DATA,
    oids.GM_ENVELOPED_DATA: oids.ENVELOPED_DATA,
    oids.GM_SIGNED_AND_ENVELOPED_DATA: oids.SIGNED_AND_ENVELOPED_DATA,
}


@pytest.mark.parametrize("name", ["py_D_sae_gm.der", "py_E_env_gm_std_oid.der", "py_F_signed_gm_noattrs.der"])
def test_the_same_message_under_pkcs7s_names_reads_the_same(reading, name):
    node = tree.read(raw_of(name))
    for gm, pkcs7 in PKCS7.items():
        node = replaced(node, der.encode(gm), der.encode(pkcs7))
    report = reading(node.encode())
    assert {layer.family for layer in report.layers} == {Family.CMS}
    assert (report.content, report.signed) == (PLAIN, "rule" in BY_FILE[name])


@pytest.mark.parametrize("name", BY_FILE)
def test_content_in_pieces_is_joined(reading, name):
    """As streaming writers make it: the long string, of whatever tag, as several OCTET STRINGs."""
    raw = in_pieces(tree.read(raw_of(name))).encode()
    assert raw != raw_of(name)
    report = reading(raw)
    assert (report.content, report.signed) == (PLAIN, "rule" in BY_FILE[name])


def in_pieces(node: Node) -> Node:
    if not node.constructed and len(node.content) > 1000:
        size = 700
        cuts = range(0, len(node.content), size)
        pieces = tuple(Node(tree.OCTET_STRING, node.content[at : at + size]) for at in cuts)
        return Node(node.tag | tree.CONSTRUCTED, children=pieces)
    return Node(node.tag, node.content, tuple(in_pieces(child) for child in node.children))


# ---- GmSSL's structure ----------------------------------------------------------------------------------------------


def outline(node: Node, depth: int = 0):
    """Yield tags and identifiers from the outside in; names and certificates are their makers' own."""
    yield depth, node.tag, node.content.hex() if node.tag == tree.OBJECT_IDENTIFIER else ""
    for child in node.children:
        yield from outline(child, depth + 1)


def without_makers_own(raw: bytes) -> list[tuple[int, int, str]]:
    """Return the outline of a SignedAndEnvelopedData without names, certificates and the revocation list."""
    info = tree.read(raw)
    (data,) = info.children[1].children
    parts = [cut(part) for part in data.children if part.tag != tree.context(1)]
    whole = Node(SEQUENCE, children=(info.children[0], Node(SEQUENCE, children=tuple(parts))))
    return list(outline(whole))


def cut(node: Node) -> Node:
    if node.tag == tree.context(0):
        return Node(node.tag)
    if node.children and all(child.tag == SET for child in node.children[0].children) and node.children[0].children:
        return Node(node.tag)  # issuer and serial: a name, which is sets, and a number
    return Node(node.tag, node.content, tuple(cut(child) for child in node.children))


def test_our_gmssl_dialect_has_the_structure_that_gmssl_writes(ends):
    ours = without_makers_own(ends.sealed(profile=Profile.D_GMSSL))
    assert ours == without_makers_own(raw_of("gmssl311_sae.der"))
    assert without_makers_own(ends.sealed(profile=Profile.D)) != ours


def test_gmssls_message_is_what_profile_d_reads_but_for_its_revocation_list(ours, suite):
    """Without the list, which we do not write, our decoder takes GmSSL's own bytes, and its signature holds."""
    info = tree.read(raw_of("gmssl311_sae.der"))
    (data,) = info.children[1].children
    kept_parts = tuple(part for part in data.children if part.tag != tree.context(1))
    bare = Node(
        SEQUENCE,
        children=(info.children[0], Node(tree.context(0), children=(Node(SEQUENCE, children=kept_parts),))),
    )
    sealed = profile_d.decode(bare.encode(), Dialect.GMSSL)
    signer = suite.load_public(kept.certificate("dev_sign").point)
    assert Dialect.GMSSL.signed_by(signer, sealed.signature, PLAIN)
    with pytest.raises(ValueError):
        profile_d.decode(bare.encode(), Dialect.STANDARD)


# ---- the readings of "sign the content" -----------------------------------------------------------------------------


def attribute(kind, value: bytes) -> bytes:
    return der.encode(der.octets(kind, value))


def signed_data(signer, content: bytes, *, by: str, attributes: bool = False, **changes) -> bytes:
    """Return a SignedData (PKCS#7 names) signed by one of the rules; `changes` replace parts by other bytes."""
    given = [der.encode(der.identifier(oids.CONTENT_TYPE, oids.DATA)), attribute(oids.MESSAGE_DIGEST, sm3(content))]
    given = sorted(given)
    signed = tree.header(SET, sum(map(len, given))) + b"".join(given) if attributes else content
    point = signer.certificate.point
    digest = {
        "Z": lambda: signer_digest(point, signed),
        "empty": lambda: signer_digest(point, signed, b""),
        "no Z": lambda: sm3(signed),
        "GmSSL": lambda: gmssl_digest(oids.DATA, der.encode(content)),
    }[by]()
    sm3_name = changes.get("digest", "300a06082a811ccf55018311")
    info = [
        "020101",
        der.encode(issuer_and_serial(signer.certificate)).hex(),
        sm3_name,
        (tree.header(0xA0, sum(map(len, given))) + b"".join(given)).hex() if attributes else "",
        "300a06082a811ccf55018375",
        der.encode(signer.key.sign_digest(digest)).hex(),
    ]
    signer_info = wrapped(SEQUENCE, bytes.fromhex("".join(info)))
    data = [
        b"\x02\x01\x01",
        wrapped(SET, bytes.fromhex(sm3_name)),
        der.encode(der.DataContent(type=oids.DATA, content=content)),
        wrapped(tree.context(0), changes.get("certificates", signer.certificate.der)),
        wrapped(SET, changes.get("signers", signer_info)),
    ]
    return info_of(oids.SIGNED_DATA, wrapped(SEQUENCE, b"".join(data)))


def wrapped(tag: int, content: bytes) -> bytes:
    return tree.header(tag, len(content)) + content


def info_of(kind, content: bytes) -> bytes:
    return wrapped(SEQUENCE, der.encode(kind) + wrapped(tree.context(0), content))


@pytest.fixture(scope="module")
def signer(pki):
    return pki.identity("KIT-1", Role.KIT)


@pytest.fixture(scope="module")
def chains(pki) -> Chains:
    return Chains((pki.root_certificate,), tuple(pki.sub_certificates.values()))


RULES = [
    ("Z", False, "Z ‖ content, identifier 1234567812345678 (GM/T 0009)"),
    ("no Z", False, "content without Z (OpenSSL's family)"),
    ("GmSSL", False, "DER of the inner ContentInfo without Z (GmSSL)"),
    ("empty", False, "Z ‖ content, empty identifier"),
    ("Z", True, "Z ‖ signed attributes, identifier 1234567812345678"),
    ("empty", True, "Z ‖ signed attributes, empty identifier (OpenSSL 3.0)"),
    ("no Z", True, "signed attributes without Z"),
]


@pytest.mark.parametrize(("by", "attributes", "rule"), RULES)
@pytest.mark.parametrize("digest", ["300a06082a811ccf55018311", "300c06082a811ccf550183110500"], ids=["absent", "NULL"])
def test_each_reading_is_found_and_named(reading, signer, chains, by, attributes, rule, digest):
    report = reading(signed_data(signer, b"content", by=by, attributes=attributes, digest=digest), chains=chains)
    assert checks(report)["signature"] == (Verdict.HOLDS, rule)
    assert (report.signed, report.content) == (True, b"content")


@given(st.binary(max_size=100))
def test_every_content_comes_back(reading, signer, chains, content):
    assert reading(signed_data(signer, content, by="Z"), chains=chains).content == content


def test_a_signature_on_other_content_fails_and_the_content_is_kept_back(reading, signer, chains):
    raw = signed_data(signer, b"content", by="Z").replace(b"content", b"CONTENT")
    report = reading(raw, chains=chains)
    assert checks(report)["signature"] == (Verdict.FAILS, "by none of the rules KIT-1's")
    assert (report.signed, report.content) == (False, None)


def test_a_digest_attribute_of_other_content_fails_though_the_signature_holds(reading, signer, chains):
    raw = signed_data(signer, b"content", by="Z", attributes=True).replace(b"content", b"CONTENT")
    report = reading(raw, chains=chains)
    assert checks(report)["signature"][0] is Verdict.HOLDS
    assert checks(report)["message digest"][0] is Verdict.FAILS
    assert (report.signed, report.content) == (False, None)


def test_a_digest_attribute_that_comes_twice_counts_as_none(reading, signer, chains):
    kind = der.encode(der.identifier(oids.CONTENT_TYPE, oids.DATA))
    twice = [kind, attribute(oids.MESSAGE_DIGEST, sm3(b"content")), attribute(oids.MESSAGE_DIGEST, sm3(b"other"))]
    report = reading(signed_data(signer, b"content", by="Z", attributes=True, attributes_=0), chains=chains)
    assert report.signed
    raw = signed_with(signer, twice)
    assert checks(reading(raw, chains=chains))["message digest"][0] is Verdict.FAILS


def signed_with(signer, attributes: list[bytes]) -> bytes:
    """Return a SignedData of ``content`` with these signed attributes."""
    body = b"".join(sorted(attributes))
    signature = signer.key.sign(wrapped(SET, body))
    info = [
        b"\x02\x01\x01",
        der.encode(issuer_and_serial(signer.certificate)),
        bytes.fromhex("300a06082a811ccf55018311"),
        wrapped(tree.context(0), body),
        bytes.fromhex("300a06082a811ccf55018375"),
        der.encode(signature),
    ]
    return signed_data(signer, b"content", by="Z", signers=wrapped(SEQUENCE, b"".join(info)))


def test_nobody_signed_is_a_failure(reading, signer, chains):
    report = reading(signed_data(signer, b"content", by="Z", signers=b""), chains=chains)
    assert checks(report)["signature"] == (Verdict.FAILS, "nobody signed it")


@pytest.mark.parametrize("certificates", [b"", b"\x30\x00"], ids=["none", "unreadable"])
def test_without_a_readable_certificate_nothing_is_verified(reading, signer, chains, certificates):
    report = reading(signed_data(signer, b"content", by="Z", certificates=certificates), chains=chains)
    verdict, why = checks(report)["signature"]
    assert (verdict, report.signed, report.content) == (Verdict.OPEN, False, b"content")
    assert "no readable SM2 certificate of O=bank, CN=TEST ONLY kit CA, serial" in why


def test_an_encryption_certificate_does_not_sign(reading, pki, chains):
    other = pki.identity("KIT-1", Role.KIT, Usage.KEY_ENCIPHERMENT)
    report = reading(signed_data(other, b"content", by="Z"), chains=chains)
    assert checks(report)["certificate chain"][1].startswith("certificate.usage")


def test_another_digest_is_not_understood_and_said_so(reading, signer, chains):
    sha256 = "300b0609608648016503040201"
    report = reading(signed_data(signer, b"content", by="Z", digest=sha256), chains=chains)
    assert checks(report)["signature"][0] is Verdict.OPEN
    assert "2.16.840.1.101.3.4.2.1" in checks(report)["signature"][1]


# ---- what cannot be read or opened ----------------------------------------------------------------------------------


def test_a_damaged_content_key_is_told(reading):
    info = der.decode(der.EnvelopedDataInfo, raw_of("gmssl311_env.der"))
    (recipient,) = info.content.recipients.as_list()
    recipient.wrapped_key = recipient.wrapped_key[:-1] + bytes([recipient.wrapped_key[-1] ^ 1])
    info.content.recipients = der.SetOf([recipient])
    report = reading(der.encode(info))
    assert checks(report)["content key"][0] is Verdict.FAILS
    assert report.content is None


@pytest.mark.parametrize(
    ("change", "says"),
    [({"ciphertext": b"x"}, "block|length"), ({"iv": bytes(8)}, "an IV of 8 bytes"), ({"key": 24}, "24 bytes, SM4")],
)
def test_content_that_does_not_decrypt_is_told(reading, suite, ours, change, says):
    key = bytes(change.get("key", 16))
    iv = change.get("iv", bytes(16))
    wrapped_key = suite.load_public(ours.receiver.certificate.point).encrypt(key)
    ciphertext = change.get("ciphertext") or cbc_encrypt(bytes(16), bytes(16), b"content")
    info = der.decode(der.EnvelopedDataInfo, raw_of("gmssl311_env.der"))
    (recipient,) = info.content.recipients.as_list()
    recipient.wrapped_key = wrapped_key
    info.content.recipients = der.SetOf([recipient])
    info.content.content.algorithm.iv = iv
    info.content.content.ciphertext = ciphertext
    report = reading(der.encode(info))
    failed = [check.rule for check in report.checks if check.verdict is Verdict.FAILS]
    assert len(failed) == 1
    assert report.content is None
    assert any(part in failed[0] for part in says.split("|"))


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("gmssl311_env.der", oids.SM4_CBC, oids.SM4_GCM, "1.2.156.10197.1.104.8) is not understood here"),
        ("py_A_auth_gcm_attrs.der", oids.SM4_GCM, oids.SM4_CBC, "1.2.156.10197.1.104.2) is not understood here"),
    ],
)
def test_a_cipher_in_the_wrong_structure_is_not_understood(reading, name, old, new, says):
    raw = raw_of(name).replace(der.encode(old), der.encode(new), 1)
    assert says in checks(reading(raw))["content"][1]


def test_a_cipher_without_parameters_and_a_short_tag_are_told(reading):
    info = tree.read(raw_of("py_B_auth_gcm_noattrs.der"))
    (data,) = info.children[1].children
    version, recipients, content, tag = data.children
    kind, algorithm, ciphertext = content.children

    def again(content: Node, tag: Node) -> str:
        whole = Node(SEQUENCE, children=(version, recipients, content, tag))
        report = reading(Node(SEQUENCE, children=(info.children[0], Node(tree.context(0), children=(whole,)))).encode())
        return checks(report)["content"][1]

    bare = Node(SEQUENCE, children=(kind, Node(SEQUENCE, children=algorithm.children[:1]), ciphertext))
    assert again(bare, tag).endswith("without parameters")
    assert again(content, Node(tag.tag, tag.content[:12])) == "a nonce of 12 and a tag of 12 bytes, expected 12 and 16"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (der.encode(oids.GM_SIGNED_DATA), der.encode(oids.GM_DATA)[:-1] + b"\x06", "6 is not understood"),
        (
            b"\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x11",
            b"\x30\x0a\x06\x04\x2a\x81\x1c\x01\x05\x00\x05\x00",
            "too many",
        ),
    ],
    ids=["content type", "parameters"],
)
def test_a_form_that_is_not_understood_is_named(reading, old, new, says):
    with pytest.raises(EnvelopeRefused, match=says):
        reading(raw_of("gmssl311_signed.der").replace(old, new))


@given(st.binary(max_size=300))
def test_garbage_is_refused(reading, garbage):
    with pytest.raises(EnvelopeRefused) as refused:
        reading(garbage)
    assert refused.value.reason == "foreign.form"


def test_too_much_is_refused_before_it_is_parsed(reading):
    with pytest.raises(EnvelopeRefused) as refused:
        reading(bytes(MAX_ENVELOPE + 1))
    assert refused.value.reason == "foreign.size"


@pytest.mark.parametrize("name", ["gmssl311_env.der", "gmssl311_sae.der", "py_A_auth_gcm_attrs.der"])
def test_too_many_recipients_are_refused(reading, name):
    info = tree.read(raw_of(name))
    (data,) = info.children[1].children
    version, recipients, *rest = data.children
    many = Node(SET, children=recipients.children * 17)
    grown = Node(SEQUENCE, children=(version, many, *rest))
    raw = Node(SEQUENCE, children=(info.children[0], Node(tree.context(0), children=(grown,)))).encode()
    with pytest.raises(EnvelopeRefused, match="17 recipients, at most 16"):
        reading(raw)


def test_recipients_of_other_kinds_are_named(reading):
    info = tree.read(raw_of("gmssl311_env.der"))
    (data,) = info.children[1].children
    version, _, *rest = data.children
    other = Node(SET, children=(Node(tree.context(1)), Node(tree.context(2))))
    grown = Node(SEQUENCE, children=(version, other, *rest))
    report = reading(Node(SEQUENCE, children=(info.children[0], Node(tree.context(0), children=(grown,)))).encode())
    assert [it.party.text for it in report.layers[0].recipients] == [
        "by key agreement, not understood",
        "by KEK, not understood",
    ]
    assert checks(report)["content key"] == (Verdict.OPEN, "none of the keys given is a recipient's")


def test_a_detached_signature_is_shown_and_not_verified(reading, signer, chains):
    raw = signed_data(signer, b"content", by="Z")
    node = tree.read(raw)
    (data,) = node.children[1].children
    version, digests, inner, *rest = data.children
    apart = Node(SEQUENCE, children=(version, digests, Node(SEQUENCE, children=inner.children[:1]), *rest))
    report = reading(Node(SEQUENCE, children=(node.children[0], Node(tree.context(0), children=(apart,)))).encode())
    assert checks(report)["content"][0] is Verdict.OPEN
    assert (report.content, report.signed) == (None, False)


def test_data_alone_is_data(reading):
    report = reading(info_of(oids.DATA, der.encode(b"plain")))
    assert (report.content, report.layers[0].structure, report.signed) == (b"plain", Structure.DATA, False)


def test_layers_are_followed_four_deep_and_no_deeper(reading, signer, chains):
    raw = b"content"
    for _ in range(6):
        raw = signed_data(signer, raw, by="Z")
    report = reading(raw, chains=chains)
    assert len(report.layers) == 4
    assert report.content != b"content"


def test_a_signer_named_by_key_identifier_is_found(reading, signer, chains):
    named = der.encode(issuer_and_serial(signer.certificate))
    identifier = wrapped(0x80, sm3(signer.certificate.point)[:20])
    node = tree.read(signed_data(signer, b"content", by="Z"))
    raw = replaced(node, named, identifier).encode()
    report = reading(raw, chains=chains)
    assert report.signed
    assert report.layers[0].signers[0].party.text.startswith("key identifier ")


def replaced(node: Node, old: bytes, new: bytes) -> Node:
    """Return the tree with one element exchanged; certificates are primitive for it."""
    if node.encode() == old:
        return tree.read(new)
    return Node(node.tag, node.content, tuple(replaced(child, old, new) for child in node.children))


def test_certificates_beside_the_message_are_taken_as_cas_only(reading, pki, signer):
    """The sub CA comes with the message; a root that comes with it is believed by nobody."""
    beside = signer.certificate.der + b"\x30\x00" + pki.sub_certificates[Role.KIT].der + pki.root_certificate.der
    raw = signed_data(signer, b"content", by="Z", certificates=beside)
    assert reading(raw, chains=Chains((pki.root_certificate,))).signed
    stranger = Certificate.load(pki.sub_certificates[Role.SERVICE].der)
    assert not reading(raw, chains=Chains((stranger,))).signed
