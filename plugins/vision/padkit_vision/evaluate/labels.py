"""Labels beside pictures: read once, held to their form, refused by the name of the file. Nothing is decoded here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec

from padkit_sdk import Refused
from padkit_sdk.ports import DocumentSide, FaceStep, FaceStepKind, Portrait

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
VIDEOS = (".mp4", ".mkv", ".avi", ".mov", ".webm")
SESSION = "session.json"
MAX_LABEL_BYTES = 1024 * 1024
MAX_SHOWN = 10
PERMIT = ("name", "sex", "birth", "address", "number")
FIELDS = {
    DocumentSide.ID_FRONT: ("name", "sex", "nation", "birth", "address", "number"),
    DocumentSide.ID_BACK: ("authority", "valid_from", "valid_to"),
    DocumentSide.HMT_PERMIT_FRONT: PERMIT,
    DocumentSide.FOREIGNER_FRONT: (
        *("name", "english_name", "sex", "birth", "nationality", "number", "valid_from", "valid_to"),
    ),
    DocumentSide.BANK_CARD: ("number", "expiry"),
}


class DocumentLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture of a card shows. `expect` is the hint with which it should be asked for again, None when it is good.

    `seed` is there when a generator drew it. Fields that are not given are not counted.
    """

    kind: DocumentSide
    fields: dict[str, str]
    level: int = 0
    expect: str | None = None
    seed: int | None = None

    files: ClassVar[tuple[str, ...]] = ()

    @property
    def flaw(self) -> str:
        """What is wrong with it, empty when nothing is."""
        unknown = sorted(set(self.fields) - set(FIELDS[self.kind]))
        if unknown:
            return f"fields: {self.kind.value} has no {', '.join(unknown)}; it has {', '.join(FIELDS[self.kind])}"
        if not self.fields and self.expect is None:
            return "fields: none is given; write what the card shows"
        return "" if 0 <= self.level <= 9 else f"level: {self.level} is none of 0 to 9"


class StepLabel(msgspec.Struct, frozen=True):
    """One step of the plan that the recording followed."""

    kind: FaceStepKind
    colour: str = ""
    timeout_s: float = 6.0


class FrameLabel(msgspec.Struct, frozen=True):
    """One frame of a session's folder, `at_s` seconds after its beginning."""

    file: str
    at_s: float


class SessionLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded sitting; `attack` None: a living person.

    A video has no `frames`; a folder without them is played in the order of its pictures' names, `fps` in a second. Without
    `steps` nobody knows what the person was asked for, and no challenge passes.
    """

    attack: str | None
    steps: tuple[StepLabel, ...] = ()
    frames: tuple[FrameLabel, ...] = ()
    fps: float = 10.0
    seed: int | None = None

    @property
    def flaw(self) -> str:
        """What is wrong with it, empty when nothing is."""
        if self.attack is not None and not self.attack:
            return "attack: it is empty; write null for a living person, or its kind"
        if not 1 <= self.fps <= 120:
            return f"fps: {self.fps} is none of 1 to 120"
        times = [frame.at_s for frame in self.frames]
        return "" if times == sorted(times) else "frames: at_s falls; write them in the order in which they were taken"

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it names."""
        return tuple(frame.file for frame in self.frames)

    def plan(self) -> tuple[FaceStep, ...]:
        """The steps as the port takes them."""
        return tuple(FaceStep(step.kind, step.colour, step.timeout_s) for step in self.steps)


class PairLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A face and a portrait, whether they are of the `same` person, and what the portrait is."""

    face: str
    portrait: str
    kind: Portrait
    same: bool
    seed: int | None = None

    flaw: ClassVar[str] = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it names."""
        return self.face, self.portrait


Label = TypeVar("Label", DocumentLabel, SessionLabel, PairLabel)


def documents(folder: Path) -> list[tuple[Path, DocumentLabel]]:
    """Return each picture below `folder` with its label. Raises `Refused` ``label.*``."""
    found = [path for path in _files(folder) if path.suffix.lower() in PICTURES]
    bare = [path for path in found if not path.with_suffix(".json").is_file()]
    if bare:
        what = f"{len(bare)} pictures without a label, as {bare[0]}"
        raise Refused("label.missing", f"{what}; write {bare[0].with_suffix('.json').name} beside it, or take it away")
    return _all(((path, path.with_suffix(".json")) for path in found), DocumentLabel, folder)


def sessions(folder: Path) -> list[tuple[Path, SessionLabel]]:
    """Return each session folder, or video, below `folder` with its label. Raises `Refused` ``label.*``.

    A folder's label is its ``session.json``, or beside it what has its name: ``x.json`` beside ``x``.
    """
    files = list(_files(folder))
    held = {path.parent: path for path in files if path.name == SESSION}
    held |= {path: path.with_suffix(".json") for path in files if path.suffix.lower() in VIDEOS}
    named = ((path.with_suffix(""), path) for path in files if path.suffix == ".json" and path.name != SESSION)
    held |= {place: path for place, path in named if place.is_dir() and place not in held}
    return _all(iter(sorted(held.items())), SessionLabel, folder)


def pictures(folder: Path) -> list[Path]:
    """Return the pictures that lie in `folder` itself, by name."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES and path.is_file()]


def pairs(folder: Path) -> list[tuple[Path, PairLabel]]:
    """Return each pair's label file below `folder` with the label. Raises `Refused` ``label.*``."""
    return _all(((path, path) for path in _files(folder) if path.suffix == ".json"), PairLabel, folder)


def within(folder: Path, name: str, label: Path) -> Path:
    """Return the file of `folder` that `label` names. Raises `Refused` ``label.file`` when it is none, or lies outside."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise Refused("label.file", f"{label}: {name!r} is no file in its folder; put it there")
    return path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _all(held: Iterator[tuple[Path, Path]], kind: type[Label], folder: Path) -> list[tuple[Path, Label]]:
    good: list[tuple[Path, Label]] = []
    flaws: list[str] = []
    for path, label in held:
        try:
            read = _read(label, kind)
            for name in read.files:
                within(path if path.is_dir() else label.parent, name, label)
            good.append((path, read))
        except Refused as exc:
            flaws.append(str(exc))
    if flaws:
        more: list[str] = [f"and {len(flaws) - MAX_SHOWN} more"] if len(flaws) > MAX_SHOWN else []
        raise Refused("label.broken", "\n".join([*flaws[:MAX_SHOWN], *more]))
    if not good:
        raise Refused(
            "label.none", f"{folder}: nothing to evaluate lies there; the how-to says how it must be laid out"
        )
    return good


def _read(path: Path, kind: type[Label]) -> Label:
    try:
        if path.stat().st_size > MAX_LABEL_BYTES:
            raise Refused("label.size", f"{path}: over {MAX_LABEL_BYTES} bytes; this is no label")
        label = msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as exc:
        raise Refused("label.missing", f"{path}: {exc.strerror}; write the label there") from exc
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Refused("label.form", f"{path}: {exc}; mend the label") from exc
    flaw = label.flaw
    if flaw:
        raise Refused("label.value", f"{path}: {flaw}")
    return label
