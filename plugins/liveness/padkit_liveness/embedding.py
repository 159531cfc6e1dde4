"""Faces as vectors, and how far two are apart. Which model, how a face is put before it and which measure: `embedders.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from padkit_liveness.faces import Floats
from padkit_liveness.mesh import LEFT_EYE, MOUTH_LEFT, MOUTH_RIGHT, NOSE, RIGHT_EYE, Mesh
from padkit_sdk import Refused
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels

MOUTH_SHARE = 0.95  # of the way from eyes to mouth, beside the distance of the eyes


@dataclass(frozen=True, slots=True)
class Embedder:
    """One embedder's recipe. `middle` and `spread` for `fit` ``eyes``, `points` (five) for ``points``."""

    model: str
    side: int
    fit: str
    order: str
    metric: str
    input: str
    middle: tuple[float, float] = (0.0, 0.0)
    spread: float = 0.0
    points: tuple[tuple[float, float], ...] = ()

    def distance(self, one: Floats, other: Floats) -> float:
        """How far two vectors are apart: Euclidean, or one minus the cosine. 0 is the same picture."""
        if self.metric == "euclidean":
            return float(np.linalg.norm(one - other))
        lengths = max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)
        return 1 - float(one @ other) / lengths

    def score(self, distance: float) -> float:
        """How alike: one minus the distance, never below nought."""
        return min(1.0, max(0.0, 1 - distance))


@lru_cache(maxsize=1)
def embedders() -> dict[str, Embedder]:
    """The recipes by name."""
    tables = tomllib.loads((Path(__file__).parent / "embedders.toml").read_text(encoding="utf-8"))
    return {
        name: Embedder(
            name,
            table["side"],
            table["fit"],
            table["order"],
            table["metric"],
            table["input"],
            tuple(table.get("middle", (0.0, 0.0))),
            table.get("spread", 0.0),
            tuple((x, y) for x, y in table.get("points", ())),
        )
        for name, table in tables.items()
    }


def embedder(name: str) -> Embedder:
    """The recipe of that name. Raises `Refused` ``setting.type``."""
    if name not in embedders():
        raise Refused("setting.type", f"liveness: embedder is {name!r}; give one of {', '.join(sorted(embedders()))}")
    return embedders()[name]


def embed(engine: Engine, recipe: Embedder, pixels: Pixels, mesh: Mesh) -> Floats:
    """Return the face's vector. Small faces are enlarged cubic. Raises as `Engine.run`."""
    onto = _onto(recipe, _five(mesh))
    enlarged = abs(np.linalg.det(onto[:, :2])) > 1
    how = cv2.INTER_CUBIC if enlarged else cv2.INTER_LINEAR
    chip = cv2.warpAffine(pixels, onto, (recipe.side, recipe.side), flags=how, borderMode=cv2.BORDER_REPLICATE)
    if recipe.order == "rgb":
        chip = chip[:, :, ::-1]
    fed = np.ascontiguousarray(chip.transpose(2, 0, 1)[None]).astype(np.float32)
    (vector, *_) = engine.run(recipe.model, {recipe.input: fed})
    return np.asarray(vector.reshape(-1), dtype=np.float64)


def _five(mesh: Mesh) -> Floats:
    """Right eye, left eye, nose, right and left corner of the mouth."""
    points = mesh.points[:, :2]
    eyes = [points[list(pair)].mean(axis=0) for pair in (RIGHT_EYE, LEFT_EYE)]
    return np.array([*eyes, points[NOSE], points[MOUTH_RIGHT], points[MOUTH_LEFT]])


def _onto(recipe: Embedder, five: Floats) -> Floats:
    if recipe.fit == "points":
        onto, _ = cv2.estimateAffinePartial2D(five, np.array(recipe.points), method=cv2.LMEDS)
        if onto is None:
            raise Refused("face.points", "face: its points lie in one place; take another picture")
        return np.asarray(onto)
    across = five[1] - five[0]
    eyes, mouth = five[:2].mean(axis=0), five[3:].mean(axis=0)
    spread = max(float(np.hypot(*across)), MOUTH_SHARE * float(np.hypot(*(mouth - eyes))), 1e-6)
    lean, grow = np.arctan2(across[1], across[0]), recipe.spread / spread
    cos, sin = grow * np.cos(lean), grow * np.sin(lean)
    x, y = eyes
    to_x, to_y = recipe.middle
    return np.array([[cos, sin, to_x - cos * x - sin * y], [-sin, cos, to_y + sin * x - cos * y]])
