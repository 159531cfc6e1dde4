"""What the kit's camera sees now. It is steered by hands and faults; `door` carries it over HTTP."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from padkit_sim.camera.empty import empty
from padkit_sim.camera.settings import CameraSettings
from padkit_sim.camera.sitters import PACE_S, Drawn, Recorded, Sitter
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.pictures.faces.kinds import GENUINE
from padkit_sim.pictures.faces.plan import read_step

SPOOFS = {"face.spoof_print": "print", "face.spoof_replay": "replay"}
ACTIONS = ("lay_document", "take_document", "sit", "leave", "step")
MAX_PICTURE = 8 * 1024 * 1024
SOI, COM = b"\xff\xd8", b"\xff\xfe"  # how a JPEG begins; its comment (ITU-T T.81, annex B)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, and when it was taken on the camera's own clock."""

    data: bytes
    at_s: float


class Camera:
    """Stands from its making to `close`. Frames are drawn in a thread of its own."""

    def __init__(self, settings: CameraSettings, dial: Dial, seed: int, now_mono_s: Callable[[], float]) -> None:
        """Raises `SimRefused` when what is to lie or sit there at the start is not there."""
        self.dial = dial
        self._settings = settings
        self._seed = seed
        self._noise = random.Random(f"camera/empty/{seed}")  # noqa: S311 - repeatable on purpose
        self._now_mono_s = now_mono_s
        self._document: Path | None = None
        self._sits, self._person = "", ""
        self._sitter: Sitter | None = None
        self._spoofs: dict[str, Sitter] = {}
        self._kept = b""
        self._shots = 0
        self._due_mono_s = 0.0
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera")
        if settings.laid:
            self._lay(settings.laid)
        if settings.sits:
            self._sit(settings.sits, settings.person)

    def close(self) -> None:
        """Wait for a frame that is being drawn, and end."""
        self._thread.shutdown(cancel_futures=True)

    def hand(self, action: str, item: str, person: str) -> None:
        """Let a person act before the camera. Raises `SimRefused`."""
        match action:
            case "lay_document":
                self._lay(item)
            case "take_document":
                self._document = None
            case "sit":
                self._sit(item or GENUINE, person)
            case "leave":
                self._sits, self._person, self._sitter, self._spoofs = "", "", None, {}
            case "step":
                self._step(item)
            case _:
                raise SimRefused(f"camera: action {action!r} is unknown; give one of {', '.join(ACTIONS)}")

    def state(self) -> Mapping[str, str]:
        """What lies there and who sits there; "" for nothing."""
        return {"document": self._document.name if self._document else "", "sits": self._sits, "person": self._person}

    async def seen(self, view: str) -> Shot:
        """The next picture of ``document`` or ``face``; where nothing is, the empty scene. Raises `SimRefused` (a file gone)."""
        return await self._face() if view == "face" else self._shown()

    def _shown(self) -> Shot:
        """The document's picture as its file has it, else the bare table. As of a camera, no two are the same bytes."""
        if self._document is None:
            return Shot(empty(self._noise), self._now_mono_s())
        swapped = self._document.with_stem(f"{self._document.stem}-swapped")
        shown = swapped if swapped.exists() and self.dial.standing("ocr.digit_swap") else self._document
        self.dial.passed("ocr.digit_swap")
        self._shots += 1
        return Shot(_numbered(_read(shown), self._shots), self._now_mono_s())

    async def _face(self) -> Shot:
        """The next frame when it is due, of the room when nobody sits there."""
        async with self._turn:
            await asyncio.sleep(max(self._due_mono_s - self._now_mono_s(), 0.0))
            sitter = self._spoof() or self._sitter
            now_s = self._now_mono_s()
            self._due_mono_s = now_s + PACE_S
            if sitter is None:
                return Shot(empty(self._noise), now_s)
            frozen = self._kept and self.dial.standing("camera.frozen")
            for name in (*SPOOFS, "camera.frozen"):
                self.dial.passed(name)
            if not frozen:
                self._kept = await asyncio.get_running_loop().run_in_executor(self._thread, sitter.frame, now_s)
            return Shot(self._kept, now_s)

    def _lay(self, item: str) -> None:
        folder = self._settings.documents
        named = Path(item) if "/" in item or folder is None else folder / item
        if not item or not named.is_file():
            raise SimRefused(
                f"camera: document {item!r} is no file; give its path, or its name in the folder `documents`"
            )
        _read(named)
        self._document = named

    def _sit(self, item: str, person: str) -> None:
        self._sitter = self._sitting(item, person)
        self._sits, self._person, self._spoofs = item, person, {}

    def _step(self, item: str) -> None:
        step = read_step(item)
        if self._sitter is None:
            raise SimRefused(f"camera: nobody sits there to be told {item!r}; seat somebody with action `sit` first")
        for sitter in filter(None, (self._sitter, *self._spoofs.values())):
            sitter.tell(step, self._now_mono_s())

    def _sitting(self, item: str, person: str) -> Sitter:
        """The prepared sitting of that name, else one that is drawn."""
        folder = self._settings.faces
        if folder is not None and re.fullmatch(r"[A-Za-z0-9_-]+", item) and (folder / item).is_dir():
            return Recorded(folder / item, self._now_mono_s())
        return Drawn(item, person, self._seed)

    def _spoof(self) -> Sitter | None:
        """What an attacker holds up in the place of whoever sits there."""
        for fault, kind in SPOOFS.items():
            if self._sitter is not None and self.dial.standing(fault):
                if fault not in self._spoofs:
                    self._spoofs[fault] = self._sitting(kind, self._person)
                return self._spoofs[fault]
        return None


def _numbered(picture: bytes, number: int) -> bytes:
    """A JPEG with the number of the shot in its comment; anything else as it is."""
    note = b"shot %09d" % number
    head = SOI + COM + (2 + len(note)).to_bytes(2, "big") + note
    return head + picture[len(SOI) :] if picture.startswith(SOI) else picture


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_PICTURE:
            raise SimRefused(f"camera: {path} has {path.stat().st_size} bytes; give a picture of at most {MAX_PICTURE}")
        return path.read_bytes()
    except OSError as exc:
        raise SimRefused(f"camera: {path} cannot be read ({exc.strerror}); give a picture's file") from exc
