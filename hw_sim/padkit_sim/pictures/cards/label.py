"""A photo and its label, as files that an evaluation reads: `NAME.jpg`, `NAME.json`."""

from __future__ import annotations

import json
from pathlib import Path

from padkit_sim.pictures.cards.card import Card
from padkit_sim.pictures.cards.photo import Photo


def write(folder: Path, name: str, card: Card, taken: Photo, *, level: int, seed: int, defect: str = "") -> Path:
    """Write the picture and its label into `folder`; returns the label's path.

    `expect` is the hint with which a gate should ask again, null without a defect. `chip` are the same person's chip fields.
    """
    label = {
        "kind": card.kind,
        "level": level,
        "fields": dict(card.fields),
        "corners": taken.corners,
        "boxes": dict(taken.boxes),
        "turned": taken.turned,
        "seed": seed,
        "expect": f"document.{defect}" if defect else None,
        "chip": dict(card.chip),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jpg").write_bytes(taken.jpeg)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(label, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
