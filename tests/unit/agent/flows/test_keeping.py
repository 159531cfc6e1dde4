"""What was seen is on disk, whole, under the digest that the evidence names, before the flow goes on."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from padkit_agent.core.flow import Flow
from padkit_agent.flows.keeping import Caught, keep, media_of
from padkit_agent.store import StoreFull
from padkit_sdk.secrets import HiddenBytes

from .devices import IDENTITY
from .kit import Kit


async def test_the_chip_s_record_lies_under_the_digest_that_the_evidence_names(kit: Kit) -> None:
    flow, _ = await kit.open_card()
    (*_, last) = await kit.store.steps(flow)
    (digest,) = {it.digest for it in msgspec.json.decode(last.flow, type=Flow).evidence if it.type == "id_chip"}
    (file,) = [it for it in await kit.store.files.of(flow) if it.type == "id_chip"]
    assert (file.sm3, file.about) == (digest, {"device": "reader"})
    assert await kit.store.files.read(flow, digest) == IDENTITY.raw_text.data


async def test_what_cannot_be_kept_halts_the_flow_and_is_seen_again(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:

    async def full(*_given: object, **_named: object) -> str:
        raise StoreFull("store: database or disk is full; free space, then resume the flow")

    with monkeypatch.context() as patch:
        patch.setattr(kit.store.files, "keep", full)
        flow = await kit.begin()
        assert "StoreFull" in (await kit.halted()).note
        (head,) = await kit.store.heads(open_only=True)
        assert head.action == "read_identity"  # the row that names the digest was not written
    kit.desk.resume(flow)
    await kit.asked("pin")
    assert [it.type for it in await kit.store.files.of(flow)][:1] == ["id_chip"]


async def test_what_was_not_seen_is_not_kept(kit: Kit) -> None:
    files: Any = kit.store.files
    await keep(files, "F1", [Caught("face_live", "camera", HiddenBytes(b""))], kit.time.clock)
    assert await files.of("F1") == ()


@pytest.mark.parametrize(
    ("head", "media"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF....WEBP", "image/webp"),
        (b"BM....", "image/bmp"),
        (b"\0" * 256, "application/octet-stream"),
    ],
)
def test_a_picture_is_told_by_its_first_bytes(head: bytes, media: str) -> None:
    assert media_of(head) == media
