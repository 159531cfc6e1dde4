"""The hand on the signature pad: bound to what was read, kept before it is told, never asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from padkit_agent.core import events as ev
from padkit_agent.core.actions import SignDocument
from padkit_agent.core.flow import Flow
from padkit_agent.core.paper import Paper
from padkit_agent.devices import RoomEvent
from padkit_agent.flows.signhand import sign_document
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Signature

from .devices import FakeBox, FakeDevices, FakeReader
from .hand import signature_for

DIGEST = "ab" * 32
PAPER = Paper("sign_form", "D-CRS", "2026-11-22", "Bank", 10, elder=False, version=1, template="cd" * 32, digest=DIGEST)
SIGNED = ev.DocumentSigned("D-CRS", 1, "zh-CN", DIGEST, "ef" * 32, "s", "bb")


class FakePad:
    """One pad; `says` goes to whoever watches the devices while the customer signs."""

    def __init__(self, said: asyncio.Queue[RoomEvent]) -> None:
        self.woe: Exception | None = None
        self.signature = signature_for(DIGEST)
        self.says: list[RoomEvent] = []
        self.asked: list[tuple[bytes, str]] = []
        self._said = said

    async def sign(self, document_hash: bytes, *, language: Any, timeout_s: float) -> Signature:
        self.asked.append((document_hash, language.value))
        for event in self.says:
            self._said.put_nowait(event)
        await self._said.join()
        if self.woe:
            raise self.woe
        return self.signature


class FakePapers:
    """What is kept; setting is proved in test_papers."""

    def __init__(self) -> None:
        self.kept: list[Signature] = []
        self.before: ev.DocumentSigned | None = None
        self.woe: Refused | None = None

    async def signed(self, flow: Flow) -> ev.DocumentSigned | None:
        return self.before

    async def read(self, flow: Flow) -> None:
        if self.woe:
            raise self.woe

    async def keep(self, flow: Flow, signature: Signature) -> ev.AnyEvent:
        self.kept.append(signature)
        return SIGNED


class Scene:
    def __init__(self) -> None:
        self.said: asyncio.Queue[RoomEvent] = asyncio.Queue()
        self.pad, self.papers = FakePad(self.said), FakePapers()
        self.devices: Any = FakeDevices(FakeBox([]), FakeReader([]))
        self.devices._devices |= {"pad": self.pad}
        self.devices.events = self.events
        self.hints: list[str] = []

    @contextmanager
    def events(self) -> Iterator[AsyncIterator[RoomEvent]]:
        async def told() -> AsyncIterator[RoomEvent]:
            while True:
                yield await self.said.get()
                self.said.task_done()

        yield told()

    async def sign(self) -> ev.AnyEvent:
        papers: Any = self.papers
        flow = Flow("F1", "ACC-01", "S1", "R1", 3, {}, paper=PAPER)
        action = SignDocument("D-CRS", 1, "zh-CN", DIGEST)
        return await sign_document(self.devices, papers, flow, action, self.hints.append)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_the_pad_is_given_the_digest_of_what_was_read_and_the_hand_is_kept(scene: Scene) -> None:
    assert await scene.sign() == SIGNED
    assert scene.pad.asked == [(bytes.fromhex(DIGEST), "zh-CN")]
    assert scene.papers.kept == [scene.pad.signature]
    assert scene.devices.holders == {}


async def test_a_signature_that_is_kept_already_is_not_asked_for_again(scene: Scene) -> None:
    scene.papers.before = SIGNED
    assert await scene.sign() == SIGNED
    assert (scene.pad.asked, scene.papers.kept) == ([], [])


async def test_nothing_is_signed_that_is_not_what_was_read_any_more(scene: Scene) -> None:
    scene.papers.woe = Refused("document.changed", "document D-CRS: it cannot be set as it was")
    assert await scene.sign() == ev.DocumentNotSet("document.changed: document D-CRS: it cannot be set as it was")
    assert scene.pad.asked == []


@pytest.mark.parametrize(
    "changed",
    [
        {"binding": bytes(32)},
        {"binding_scheme": "other"},
        {"document_hash": bytes(32)},
        {"series": signature_for("00" * 32).iso_record},
    ],
)
async def test_a_hand_that_is_bound_to_something_else_is_not_kept(scene: Scene, changed: dict[str, Any]) -> None:
    scene.pad.signature = replace(scene.pad.signature, **changed)
    assert await scene.sign() == ev.TryAgain("signature.binding")
    assert scene.papers.kept == []


async def test_what_the_pad_says_is_told_what_others_say_is_not(scene: Scene) -> None:
    scene.pad.says = [
        RoomEvent("signature.pen_down", "pad", "signature_pad", {}),
        RoomEvent("signature.screen_progress", "pad", "signature_pad", {"percent": "40"}),
        RoomEvent("signature.redo", "other", "signature_pad", {}),
    ]
    await scene.sign()
    assert scene.hints == ["signature.pen_down"]


@pytest.mark.parametrize(
    ("woe", "event"),
    [
        (AskAgain("signature.cancelled", "the person cancelled"), ev.TryAgain("signature.cancelled")),
        (DeviceFault("pad.image", "not taken"), ev.TryAgain("pad.image")),
        (LinkLost("unplugged"), ev.DeviceAway("pad", "unplugged")),
        (BadFrame("noise"), ev.DeviceAway("pad", "noise")),
        (OutcomeUnknown("cut"), ev.DeviceAway("pad", "cut")),
        (Refused("pad.busy", "another signs"), ev.DeviceAway("pad", "another signs")),
    ],
)
async def test_every_failure_is_an_event_and_keeps_nothing(scene: Scene, woe: Exception, event: ev.AnyEvent) -> None:
    scene.pad.woe = woe
    assert await scene.sign() == event
    assert scene.papers.kept == []
