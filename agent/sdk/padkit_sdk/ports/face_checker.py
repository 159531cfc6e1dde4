"""The port of a face checker: is a living person in front of the camera, and is it the person of a portrait.

A sitting has a plan that is new each time. Frames are given as they come; the verdict follows a written rule and tells what
each layer added. What was not available is said, and never counts as passed. A score is evidence for a person who decides.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.ports.picture import ModelUse, Picture, Point
from padkit_sdk.secrets import HiddenBytes


class FaceStepKind(enum.Enum):
    """What the person, or the screen before the person, does in one step."""

    LOOK = "look"  # look straight into the camera
    TURN_LEFT = "turn_left"  # the person's own left
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"
    NOD = "nod"
    FLASH = "flash"  # hold still while the screen shows `colour`


@dataclass(frozen=True, slots=True)
class FaceStep:
    """One step of a plan; `colour` is ``#rrggbb`` for `FLASH`, else empty. `timeout_s` is how long the step may take."""

    kind: FaceStepKind
    colour: str = ""
    timeout_s: float = 6.0


@dataclass(frozen=True, slots=True)
class FacePlan:
    """One sitting: its `session` name, the `steps` in order, and the frames a second that are wanted."""

    session: str
    steps: tuple[FaceStep, ...]
    frames_per_s: float


@dataclass(frozen=True, slots=True)
class FrameView:
    """What one frame showed. `step` is the index of the step that is wanted now, the number of steps when all are done.

    `hint` is what to tell the person, empty when all is well: ``face.none``, ``face.many``, ``face.closer``, ``face.farther``,
    ``face.centre``, ``face.dark``, ``face.blurred``. `box` are the face's corners, empty without one.
    """

    step: int
    hint: str
    box: tuple[Point, ...]


class LayerState(enum.Enum):
    """How one layer of the check ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"  # it ran and could not tell
    NOT_AVAILABLE = "not_available"  # its model or its light is not there; it never counts as passed


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What one layer said: ``head_in_frame``, ``passive``, ``challenge``, ``flash``, ``continuity``, ``camera``.

    `score` lies on the layer's own scale beside `threshold`; `contribution` is what it added to the verdict's score.
    `reasons` are stable dotted names (``challenge.order``, ``camera.repeated_frames``).
    """

    layer: str
    state: LayerState
    score: float
    threshold: float
    contribution: float
    reasons: tuple[str, ...] = ()
    models: tuple[ModelUse, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceVerdict:
    """The end of a sitting. `live` follows `rule` (its name and version) over `layers`; `score` beside `threshold`.

    `best_frame` is one JPEG of the sitting, the sharpest that looks straight, for the evidence; no other frame is kept.
    `replayed` is True when the steps were given by the caller: such a verdict evaluates recordings and proves nobody alive.
    """

    live: bool
    score: float
    threshold: float
    rule: str
    layers: tuple[LayerResult, ...]
    best_frame: HiddenBytes
    frames: int
    replayed: bool

    def layer(self, name: str) -> LayerResult | None:
        """Return the result of one layer."""
        return next((layer for layer in self.layers if layer.layer == name), None)


class Portrait(enum.Enum):
    """What a face is compared with; each has a threshold of its own."""

    CHIP = "chip"  # the photo in the chip, decoded
    PRINT = "print"  # the portrait printed on the card, cut out of the card's picture; weaker
    ONLINE = "online"  # the photo an online check returned


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """How alike two faces are: `score` is 0 to 1, more is more alike; the setting for this `portrait` calls `threshold` enough.

    `distance` is the embedder's own measure. `reasons` name what makes the score weak (``portrait.small``, ``portrait.turned``).
    """

    score: float
    threshold: float
    distance: float
    portrait: Portrait
    models: tuple[ModelUse, ...]
    reasons: tuple[str, ...] = ()

    @property
    def alike(self) -> bool:
        return self.score >= self.threshold


class FaceChecker(Device, Protocol):
    """Looks at faces. One sitting at a time; a new one ends the old one."""

    async def begin(self, *, steps: tuple[FaceStep, ...] = (), timeout_s: float) -> FacePlan:
        """Begin a sitting with a new random plan, or with the `steps` of a recording (then the verdict says `replayed`).

        Raises:
            Refused: ``face.steps`` (a plan nobody could follow), ``model.missing``, ``model.changed``.
            DeviceFault: ``vision.engine``, ``vision.memory``.
        """
        ...

    async def frame(self, session: str, picture: Picture, *, timeout_s: float) -> FrameView:
        """Look at the next frame. Frames that come faster than 30 a second, or after the end, are refused.

        Raises:
            Refused: ``face.session`` (no such sitting, or it is over), ``face.time`` (not later than the frame before),
                ``face.frames`` (more than the sitting may have), ``picture.*``.
            DeviceFault: ``vision.time``, ``vision.memory``, ``vision.engine``.
        """
        ...

    async def finish(self, session: str, *, timeout_s: float) -> FaceVerdict:
        """End the sitting and give its verdict; steps that were not done count as not done. Its frames are forgotten.

        Raises `Refused` ``face.session``, `DeviceFault` as `frame`.
        """
        ...

    async def compare(
        self, face: Picture, portrait_picture: Picture, *, portrait: Portrait, timeout_s: float
    ) -> FaceMatch:
        """Compare the one face in `face` with the one in `portrait_picture`, 1:1. Nothing is kept.

        Raises:
            AskAgain: ``face.none``, ``face.many`` (in `face`).
            Refused: ``portrait.none``, ``portrait.many`` (in the portrait), ``picture.*``, ``model.missing``, ``model.changed``.
            DeviceFault: ``vision.time``, ``vision.memory``, ``vision.engine``.
        """
        ...
