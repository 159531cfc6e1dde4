"""From pixels to one observation: every model and measure that a frame goes through, in one thread. Nothing is kept here."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from padkit_liveness import blazeface, spoof, yunet
from padkit_liveness.embedding import Embedder, embed, embedder
from padkit_liveness.faces import Face, Floats
from padkit_liveness.layers.head import position
from padkit_liveness.looks import digest_of, grey, light, same_noise, sharpness
from padkit_liveness.mesh import MODEL as MESH
from padkit_liveness.mesh import Mesh, Ratios, find_mesh, ratios
from padkit_liveness.observation import Light, Seen
from padkit_liveness.trail import Trail
from padkit_sdk.ports import ModelUse, Picture, Point
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels, decode

LONG = 1280  # the longer side of what is looked at; larger frames are made smaller
SMALL_SHARE = 0.35  # of the largest face's width: a smaller one is a picture on a wall, or nobody
FRONT_YAW = 0.35  # embeddings are sampled on faces that are turned no further
DARK = 50.0  # of 255
BLURRED = 25.0  # of the Laplacian's variance, see `sharpness`
PADDED = 0.5  # of the longer side, around a portrait that is all face

cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class Before:
    """What the next frame is looked at with: this one without its colours, and where its face is, when it has one."""

    plain: Pixels = field(repr=False)
    trail: Trail | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame gave. `seen` is None without a face; `small` is its pixels, `before` is for the next one."""

    faces: int
    seen: Seen | None
    hint: str
    box: tuple[Point, ...]
    digest: bytes
    same_noise: float
    small: Pixels = field(repr=False)
    before: Before


@dataclass(frozen=True, slots=True)
class Head:
    """One face of a still picture: its vector, its pose and its width in pixels."""

    vector: Floats = field(repr=False)
    pose: Ratios
    width: float


class Eyes:
    """The models of this plugin behind three questions. Safe to ask from several threads."""

    def __init__(self, engine: Engine, embedder_name: str) -> None:
        self.engine = engine
        self.embedder: Embedder = embedder(embedder_name)
        self._detect = yunet if engine.has(yunet.MODEL) else blazeface
        self.has_passive = spoof.available(engine)

        self._by_layer = {
            "head_in_frame": (self._detect.MODEL, MESH),
            "passive": tuple(spoof.MODELS) if self.has_passive else (),
            "challenge": (MESH,),
            "flash": (MESH,),
            "continuity": (self.embedder.model,),
        }

    def names(self) -> tuple[str, ...]:
        """Every model that takes part, by name."""
        return tuple(dict.fromkeys(name for names in self._by_layer.values() for name in names))

    def models(self, layer: str) -> tuple[ModelUse, ...]:
        """The models that a layer rests on. Raises `Refused` ``model.missing``."""
        return tuple(self.engine.use(name) for name in self._by_layer.get(layer, ()))

    def load(self) -> None:
        """Have every model ready, so that the first frame waits for none. Raises as `Engine.run`."""
        for name in self.names():
            self.engine.notes(name)

    def frame(self, picture: Picture, before: Before | None, *, sample: bool, passive: bool) -> Frame:
        """Look at one frame; `before` is that of the frame before it. `sample` asks for an embedding, where the face is not
        turned far, `passive` for the passive score, where there are models: both only of a frame that is searched for faces.
        Raises as `decode` and `Engine.run`.
        """
        pixels = decode(picture)
        scale = _scale(pixels)
        small = _smaller(pixels, scale)
        plain = grey(small)
        digest = digest_of(plain)
        noise = same_noise(plain, before.plain) if before is not None else 0.0
        known = None if before is None or sample or (passive and self.has_passive) else before.trail
        faces, mesh, trail = self._looked(small, picture.at_s, known)
        if mesh is None or trail is None:
            return Frame(0, None, "face.none", (), digest, noise, small, Before(plain, None))
        seen = self._seen(small, plain, trail.face, mesh, sample=sample, passive=passive)
        hint = "face.many" if faces > 1 else _hint(seen)
        corners = tuple((x / scale, y / scale) for x, y in trail.face.corners)
        return Frame(faces, seen, hint, corners, digest, noise, small, Before(plain, trail if faces == 1 else None))

    def _looked(self, small: Pixels, at_s: float, trail: Trail | None) -> tuple[int, Mesh | None, Trail | None]:
        """How many faces there are, the mesh of the largest, and where it was found: now, or before when it stayed there."""
        if trail is not None and trail.fresh(at_s):
            mesh = find_mesh(self.engine, small, trail.face)
            if trail.holds(mesh):
                return 1, mesh, trail
        faces = self.people(small)
        if not faces:
            return 0, None, None
        mesh = find_mesh(self.engine, small, faces[0])
        return len(faces), mesh, Trail(faces[0], mesh, at_s)

    def people(self, pixels: Pixels) -> list[Face]:
        """The faces that count, the largest first."""
        faces = sorted(self._detect.detect(self.engine, pixels), key=lambda face: -face.width)
        return [face for face in faces if face.width >= SMALL_SHARE * faces[0].width]

    def heads(self, picture: Picture) -> list[Head]:
        """The faces of a still picture, the largest first; looked for with a margin around when none is found at once."""
        pixels = decode(picture)
        faces = self.people(pixels)
        if not faces:
            pixels = _padded(_smaller(pixels, _scale(pixels)))
            faces = self.people(pixels)
        return [self._head(pixels, face) for face in faces[:2]]

    def _head(self, pixels: Pixels, face: Face) -> Head:
        mesh = find_mesh(self.engine, pixels, face)
        return Head(embed(self.engine, self.embedder, pixels, mesh), ratios(mesh), face.width)

    def _seen(self, small: Pixels, plain: Pixels, face: Face, mesh: Mesh, *, sample: bool, passive: bool) -> Seen:
        pose, lit = ratios(mesh), light(small, mesh)
        high, wide = plain.shape
        low, up = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
        straight = sample and abs(pose.yaw) < FRONT_YAW
        return Seen(
            *(float(low[0] / wide), float(low[1] / high), float(up[0] / wide), float(up[1] / high)),
            mesh.presence,
            *(pose.yaw, pose.pitch, pose.mouth),
            _three(lit.skin),
            (_three(lit.behind[0]), _three(lit.behind[1])),
            lit.bright,
            sharpness(plain, mesh),
            embed(self.engine, self.embedder, small, mesh) if straight else None,
            spoof.liveness(self.engine, small, face) if passive and self.has_passive else None,
        )


def _scale(pixels: Pixels) -> float:
    return float(min(1.0, LONG / max(pixels.shape[:2])))


def _padded(pixels: Pixels) -> Pixels:
    edge = int(PADDED * max(pixels.shape[:2]))
    return np.asarray(cv2.copyMakeBorder(pixels, edge, edge, edge, edge, cv2.BORDER_REPLICATE), dtype=np.uint8)


def _smaller(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _three(light: Floats) -> Light:
    blue, green, red = (float(it) for it in light)
    return blue, green, red


def _hint(seen: Seen) -> str:
    if hint := position(seen):
        return hint
    if seen.bright < DARK:
        return "face.dark"
    return "face.blurred" if seen.sharpness < BLURRED else ""
