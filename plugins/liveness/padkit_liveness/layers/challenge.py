"""Layer `challenge`: what was asked was done, in the order asked, each in its own time, against the person's own neutral pose."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from padkit_liveness.layers.base import Found
from padkit_liveness.layers.head import PRESENT
from padkit_liveness.observation import Observation, Seen
from padkit_sdk.ports import FaceStep, FaceStepKind, LayerState

YAW, PITCH, MOUTH = (
    0.25,
    0.055,
    0.12,
)  # a change that counts as an action: about 10 degrees, 10 degrees, a mouth half open
LOOK_S = 0.8
LOOK_FRAMES = 5
STILL = 0.6  # of an action: how far the neutral frames may lie apart
BACK = 0.5  # of an action: below this the person is back
FRAMES = 2  # in a row, so that one bad mesh is no action

ACTIONS = (FaceStepKind.TURN_LEFT, FaceStepKind.TURN_RIGHT, FaceStepKind.OPEN_MOUTH, FaceStepKind.NOD)
Pose = tuple[float, float, float]


def measured(pose: Pose, neutral: Pose) -> dict[FaceStepKind, float]:
    """How far each action is done: 1 counts as done."""
    yaw, pitch, mouth = (now - rest for now, rest in zip(pose, neutral, strict=True))
    return {
        FaceStepKind.TURN_LEFT: yaw / YAW,
        FaceStepKind.TURN_RIGHT: -yaw / YAW,
        FaceStepKind.OPEN_MOUTH: mouth / MOUTH,
        FaceStepKind.NOD: pitch / PITCH,
    }


class Challenge:
    """Follows the plan. `over` says that the step of the last observation needs no more frames."""

    def __init__(self, steps: Sequence[FaceStep]) -> None:
        self._steps = steps
        self._asked = sum(step.kind in ACTIONS for step in steps)
        self._done = 0
        self._reasons: list[str] = []
        self._looks: list[tuple[float, Pose]] = []
        self._neutral: Pose | None = None
        self._step = -1
        self._since_s = 0.0
        self._rows = dict.fromkeys(ACTIONS, 0)
        self._reached = self.over = False

    @property
    def neutral(self) -> Pose | None:
        """Yaw, pitch and mouth at rest, once the person has looked."""
        return self._neutral

    def still(self, seen: Seen) -> bool:
        """Whether the face looks straight, as far as that is known."""
        if self._neutral is None:
            return abs(seen.yaw) < YAW
        return max(measured(_pose(seen), self._neutral).values()) < BACK

    def feed(self, seen: Observation) -> None:
        if seen.step != self._step:
            self._enter(seen)
        if seen.step >= len(self._steps):
            return
        kind = self._steps[seen.step].kind
        face = seen.seen if seen.faces == 1 and seen.seen and seen.seen.presence >= PRESENT else None
        if face is not None and kind is FaceStepKind.LOOK:
            self._look(seen.at_s, _pose(face))
        if face is not None and kind in ACTIONS and not self.over:
            self._act(kind, _pose(face))
        if kind in (*ACTIONS, FaceStepKind.LOOK) and not self.over:
            self._late(seen, kind)

    def found(self) -> Found:
        if not self._asked:
            return Found(LayerState.NOT_AVAILABLE, 0.0, 1.0, ("challenge.not_asked",))
        score = self._done / self._asked
        if self._reasons:
            return Found(LayerState.FAILED, score, 1.0, tuple(dict.fromkeys(self._reasons)))
        if self._done < self._asked:
            return Found(LayerState.FAILED, score, 1.0, ("challenge.not_done",))
        return Found(LayerState.PASSED, score, 1.0)

    def _enter(self, seen: Observation) -> None:
        if seen.step < len(self._steps) and self._steps[seen.step].kind is FaceStepKind.LOOK:
            self._looks, self._neutral = [], None
        self._step, self._since_s = seen.step, seen.at_s
        self._rows = dict.fromkeys(ACTIONS, 0)
        self._reached = self.over = False

    def _look(self, at_s: float, pose: Pose) -> None:
        self._looks.append((at_s, pose))
        self._looks = [look for look in self._looks if at_s - look[0] <= 2 * LOOK_S]
        recent = [pose for when_s, pose in self._looks if at_s - when_s <= LOOK_S]
        if len(self._looks) < LOOK_FRAMES or at_s - self._looks[0][0] < LOOK_S:
            return
        middle = (_middle(recent, 0), _middle(recent, 1), _middle(recent, 2))
        if all(max(measured(pose, middle).values()) < STILL for pose in recent):
            self._neutral, self.over = middle, True

    def _act(self, asked: FaceStepKind, pose: Pose) -> None:
        if self._neutral is None:
            self._reasons.append("challenge.no_neutral")
            self.over = True
            return
        far = measured(pose, self._neutral)
        for kind in ACTIONS:
            self._rows[kind] = self._rows[kind] + 1 if far[kind] >= 1 else 0
        if not self._reached and self._rows[asked] >= FRAMES:
            self._reached = True
        wrong = [
            kind for kind in ACTIONS if kind is not asked and self._rows[kind] >= FRAMES and far[kind] > far[asked]
        ]
        if wrong:
            self._reasons.append("challenge.wrong")
            self.over = True
        elif self._reached and far[asked] < BACK:
            self._done += 1
            self.over = True

    def _late(self, seen: Observation, kind: FaceStepKind) -> None:
        if seen.at_s - self._since_s > self._steps[seen.step].timeout_s:
            self._reasons.append("challenge.late" if kind in ACTIONS else "challenge.no_neutral")
            self.over = True


def _pose(seen: Seen) -> Pose:
    return seen.yaw, seen.pitch, seen.mouth


def _middle(poses: Sequence[Pose], part: int) -> float:
    return median(pose[part] for pose in poses)
