"""Targets: an evidence package as it arrives, and the manifest of a kit that signs what it likes."""

from __future__ import annotations

from packages import CONTENTS, PackageTalk, joined
from talk import Talk
from target import Target

from padkit_contract.errors import Invalid
from padkit_contract.evidence import Manifest

SMALL = tuple(content[:300] for content in CONTENTS)


def package(talk: Talk) -> Target:
    """Bytes of a stranger: judged, whatever they are; only what was made has no findings."""
    made = PackageTalk(talk)
    sections = made.sections(made.manifest(SMALL), SMALL)
    good = joined(sections)

    def read(raw: bytes) -> None:
        judged = made.judge(raw)
        held = tuple(content for _, content in sorted(judged.contents.items()))
        assert judged.findings or held == SMALL, "another package than the one that was made holds"

    return Target(read, (), [good, joined(sections[:1], 0), joined(sections[:2], 1)])


def manifest(talk: Talk) -> Target:
    """A signed manifest."""
    good = PackageTalk(talk).manifest(SMALL)

    def read(raw: bytes) -> None:
        assert Manifest.decode(raw).encode() == raw

    return Target(read, (Invalid,), [good.encode()])
