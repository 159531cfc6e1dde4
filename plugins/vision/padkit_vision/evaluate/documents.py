"""Documents: one picture through `DocumentReader`, and what came out beside its label."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from padkit_sdk import AskAgain, DeviceFault, PadkitError, Refused
from padkit_sdk.ports import DocumentReader, DocumentReading, FieldState, Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.evaluate.labels import DocumentLabel

READ_S = 60.0  # a machine that is busy is no bad reader
SOURCE = "evaluation"


@dataclass(frozen=True, slots=True)
class Document:
    """One picture with its label."""

    path: Path
    label: DocumentLabel


@dataclass(frozen=True, slots=True)
class Got:
    """One field as it was read."""

    text: str
    state: FieldState
    confidence: float


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one picture: its fields, or the hint with which it was asked for again, or an error. Times in seconds."""

    document: Document
    fields: Mapping[str, Got] = field(default_factory=dict)
    asked: str = ""
    error: str = ""
    way: str = ""
    side: str = ""
    took_s: float = 0.0
    models: Mapping[str, str] = field(default_factory=dict)

    def wrong(self) -> list[str]:
        """The names of labelled fields that are not as the label says; all of them without a reading, or of a wrong side."""
        label = self.document.label.fields
        if self.side != self.document.label.kind.value:
            return list(label)
        return [
            name for name, text in label.items() if name not in self.fields or not same(self.fields[name].text, text)
        ]

    def unmarked(self) -> list[str]:
        """Those of `wrong` that were given out as good: neither doubtful nor missing."""
        good = (FieldState.CHECKED, FieldState.READ)
        return [name for name in self.wrong() if name in self.fields and self.fields[name].state in good]


def same(got: str, label: str) -> bool:
    """Whether both are the same text: NFC, runs of blanks one blank. Nothing else is forgiven."""
    return _plain(got) == _plain(label)


async def read(reader: DocumentReader, document: Document) -> Read:
    """Let `reader` read the picture; it is told nothing of it, and has to find the side by itself."""
    began_s = time.monotonic()
    asked = error = way = side = ""
    fields: dict[str, Got] = {}
    models: dict[str, str] = {}
    try:
        picture = Picture(HiddenBytes(document.path.read_bytes()), SOURCE, began_s)
        reading = await reader.read(picture, timeout_s=READ_S)
        fields, way, side = _fields(reading), reading.way, reading.side.value
        models = {it.name: it.sha256 for it in reading.models}
    except AskAgain as exc:
        asked = exc.hint
    except Exception as exc:  # noqa: BLE001 - whatever the judged driver lets through is its result
        error = named(exc)
    return Read(document, fields, asked, error, way, side, time.monotonic() - began_s, models)


def lost(document: Document) -> Read:
    """The outcome of a picture whose process ended."""
    return Read(document, error="process ended")


def named(error: Exception) -> str:
    """Return kind and stable name of an error, never its message, which may show what it should not."""
    match error:
        case AskAgain():
            name = error.hint
        case DeviceFault():
            name = error.fault
        case Refused():
            name = error.reason
        case _:
            name = "" if isinstance(error, PadkitError) else "(not of the family)"
    return f"{type(error).__name__} {name}".strip()


def _fields(reading: DocumentReading) -> dict[str, Got]:
    return {it.name: Got(it.text.text, it.state, it.confidence) for it in reading.fields}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
