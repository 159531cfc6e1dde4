"""Judging a package: whole, nothing is found; one byte changed in any part, or a part gone, and that part is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from ends import make_ends
from packages import CONTENTS, PackageTalk, joined
from pki import Pki

from padkit_contract.errors import EnvelopeRefused, Invalid
from padkit_contract.evidence import Judged, Manifest, judge
from padkit_contract.messages import EvidenceItem, How


@pytest.fixture(scope="session")
def talk(pki: Pki) -> PackageTalk:
    return PackageTalk(make_ends(pki))


def codes(judged: Judged) -> list[tuple[str, str]]:
    return [(it.code, it.part) for it in judged.findings]


def test_a_whole_package_has_no_findings_and_gives_its_contents(talk: PackageTalk) -> None:
    judged = talk.judge(joined(talk.sections()))
    assert judged.findings == ()
    assert judged.manifest == talk.manifest()
    assert judged.signer is not None
    assert (judged.signer.name, dict(judged.contents)) == ("KIT-1", dict(enumerate(CONTENTS, 1)))
    assert "picture" not in repr(judged)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_one_byte_changed_anywhere_in_a_section_names_that_section(talk: PackageTalk, number: int) -> None:
    sections = talk.sections()
    part = "manifest" if number == 0 else f"item {number} ({talk.manifest().items[number - 1].type})"
    code = "manifest.signature" if number == 0 else "item.damaged"
    for at in range(0, len(sections[number]), max(1, len(sections[number]) // 25)):
        changed = bytearray(sections[number])
        changed[at] ^= 1
        judged = talk.judge(joined([*sections[:number], bytes(changed), *sections[number + 1 :]]))
        assert codes(judged) == [(code, part)], at


def test_each_byte_of_head_and_lengths_is_looked_at(talk: PackageTalk) -> None:
    raw = joined(talk.sections())
    for at in range(16):
        judged = talk.judge(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        assert [it.code for it in judged.findings] in (["package.form"], ["package.size"]), at
        assert judged.manifest is None


def test_what_is_missing_too_many_or_twice_is_named(talk: PackageTalk) -> None:
    manifest, one, two, three = talk.sections()
    assert codes(talk.judge(joined([manifest, one, three]))) == [("item.missing", "item 2 (id_ocr_front)")]
    assert codes(talk.judge(joined([manifest, one, two, three, two]))) == [("item.extra", "section 4")]
    assert codes(talk.judge(joined([manifest, one, two, three, b"\x30\x00"]))) == [("item.extra", "section 4")]
    assert codes(talk.judge(joined([manifest]))) == [
        ("item.missing", f"item {number} ({kind})")
        for number, kind in ((1, "id_chip"), (2, "id_ocr_front"), (3, "face_live"))
    ]
    assert codes(talk.judge(joined([manifest, three, one, two]))) == []  # each says which it is


def test_an_item_of_other_content_or_of_another_package_is_named(talk: PackageTalk) -> None:
    """Anybody can seal to a public key; only the kit signs what was in there."""
    sections, swapped = talk.sections(), (CONTENTS[0], b"another picture", CONTENTS[2])
    forged = talk.sections(talk.manifest(), swapped)
    assert codes(talk.judge(joined([sections[0], *forged[1:]]))) == [
        ("item.size", "item 2 (id_ocr_front)"),
        ("item.hash", "item 2 (id_ocr_front)"),
    ]
    other = talk.sections(talk.manifest(package="019ab9a0-0000-7000-8000-00000000000b"))
    judged = talk.judge(joined([*sections[:2], other[2], sections[3]]))
    assert codes(judged) == [("item.extra", "section 2"), ("item.missing", "item 2 (id_ocr_front)")]


def test_a_manifest_of_another_kit_or_bound_to_another_package_is_named(talk: PackageTalk, other_pki: Pki) -> None:
    stranger = make_ends(other_pki)
    assert codes(talk.judge(joined(PackageTalk(stranger).sections()))) == [("envelope.recipient", "manifest")]
    signed_by_him = PackageTalk(replace(talk.ends, kit=stranger.kit))
    assert codes(talk.judge(joined(signed_by_him.sections()))) == [("manifest.signature", "manifest")]
    lying = talk.manifest(kit="KIT-2")
    assert ("manifest.context", "manifest") in codes(talk.judge(joined(talk.sections(lying))))


def test_a_certificate_that_was_withdrawn_signs_no_package(talk: PackageTalk) -> None:
    def withdrawn(*_: object) -> None:
        raise EnvelopeRefused("certificate.withdrawn", "KIT-1: not its own any more")

    ends = talk.ends
    own = {"own": (ends.service_receives,), "trust": ends.trust}
    raw = joined(talk.sections())
    judged = judge(raw, **own, now=ends.pki.now, check_signer=withdrawn)
    assert codes(judged) == [("certificate.withdrawn", "manifest")]
    ahead = talk.sealer()
    ahead.now_s = lambda: ends.pki.now.timestamp() + 600
    assert codes(talk.judge(joined([ahead.manifest(talk.manifest())]))) == [("signed.time", "manifest")]
    later = ends.pki.now + timedelta(days=80)  # weeks without network: the package still opens
    assert judge(raw, **own, now=later, check_signer=lambda *_: None).findings == ()


def test_evidence_that_was_told_and_has_no_file_is_named(talk: PackageTalk) -> None:
    told = (
        EvidenceItem("id_ocr_back", How.CAPTURED, "cd" * 32),
        EvidenceItem("authoriser", How.CAPTURED, "ef" * 32),  # the ticket's digest, no file's
        EvidenceItem("consent_pi", How.WAIVED, waiver="w@1"),
        EvidenceItem("card_dispense", How.CAPTURED, note="taken"),
    )
    manifest = talk.manifest(evidence=told)
    assert codes(talk.judge(joined(talk.sections(manifest)))) == [("evidence.no_file", "id_ocr_back")]


def test_a_manifest_that_is_not_canonical_or_of_another_format_is_refused(talk: PackageTalk) -> None:
    good = talk.manifest()
    assert Manifest.decode(good.encode()) == good
    loose = msgspec.json.format(good.encode())
    newer = msgspec.structs.replace(good, format=2).encode()
    many = msgspec.structs.replace(good, items=good.items * 30).encode()
    for raw, reason in (
        (loose, "manifest.form"),
        (newer, "manifest.format"),
        (many, "manifest.form"),
        (b"{}", "manifest.form"),
        (b"\xff", "manifest.form"),
        (b" " * ((1 << 20) + 1), "manifest.size"),
    ):
        with pytest.raises(Invalid) as caught:
            Manifest.decode(raw)
        assert caught.value.reason == reason
