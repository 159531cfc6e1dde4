"""The flow's hand on camera and face checker: one sitting from its plan to its verdict, and the face beside the chip's photo.

Frames go from one worker to the other; the best one of a sitting is kept as evidence, and only its digest and numbers are told.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.face import LIVE
from padkit_agent.core.flow import CAMERA, LIVENESS
from padkit_agent.devices import Devices
from padkit_agent.flows.documenthand import hashes, models
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.run import Run
from padkit_contract.crypto import sm3
from padkit_contract.messages import Result
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import (
    Camera,
    CameraView,
    FaceChecker,
    FaceMatch,
    FacePlan,
    FaceStep,
    FaceVerdict,
    LayerState,
    ModelUse,
    Picture,
    Portrait,
)

BEGIN_S = 15.0  # the first sitting loads the models
FRAME_S = 3.0
FINISH_S = 10.0
LEASE_S = 180.0
SPOOFED = frozenset({"passive", "flash", "continuity", "camera"})  # layers whose failure speaks for an attack
MUST = frozenset(
    {"head_in_frame", "challenge", "continuity", "camera"}
)  # without which nobody is live, whatever the rule
REPLAYED, CONTRADICTS = "face.replayed", "face.verdict"


async def check_face(
    devices: Devices, run: Run, clock: Clock, tell: Callable[[str], None], caught: list[Caught]
) -> ev.AnyEvent:
    """Hold one sitting under leases of its own. Steps and hints are told as they change; its best frame is put into `caught`,
    each one is seen on the page.
    """
    if run.flow.photo and not run.portrait.data:
        return ev.PhotoLost()
    sitting = Sitting(run, clock, tell, caught)
    use = {"owner": run.flow.id, "purpose": "check face"}
    try:
        async with devices.lease(CAMERA, **use, ttl_s=LEASE_S) as camera:
            sitting.device = LIVENESS
            async with devices.lease(LIVENESS, **use, ttl_s=LEASE_S) as checker:
                return await sitting.hold(camera.port(Camera), checker.port(FaceChecker))
    except AskAgain as exc:  # of the best frame no one face could be told: another sitting
        return ev.TryAgain(exc.hint)
    except DeviceFault as exc:
        return ev.TryAgain(exc.fault)
    except (LinkLost, BadFrame, OutcomeUnknown, Refused) as exc:
        return ev.DeviceAway(sitting.device, str(exc))


class Sitting:
    """One plan and what came of it. `device` is the one that was asked last."""

    def __init__(self, run: Run, clock: Clock, tell: Callable[[str], None], caught: list[Caught]) -> None:
        self.device = CAMERA
        self._caught = caught
        self._run = run
        self._clock = clock
        self._tell = tell
        self._told = ""

    async def hold(self, camera: Camera, checker: FaceChecker) -> ev.AnyEvent:
        """Raises what the ports raise, but for what a person can mend while frames are taken."""
        plan = await checker.begin(timeout_s=BEGIN_S)
        await self._watch(camera, checker, plan)
        self.device = LIVENESS
        verdict = await checker.finish(plan.session, timeout_s=FINISH_S)
        note, live = _note(verdict), alive(verdict)
        likeness, why = None, ""
        if live and self._run.portrait.data:
            likeness, why = await self._compare(checker, verdict)
            note = f"{note}; not compared: {why}" if why else note
        self._caught.append(Caught(LIVE, CAMERA, verdict.best_frame))
        digest = sm3(verdict.best_frame.data).hex() if verdict.best_frame.data else ""
        return ev.FaceChecked(live, signs(verdict), digest, note, likeness, _found(verdict, live=live), why)

    async def _watch(self, camera: Camera, checker: FaceChecker, plan: FacePlan) -> None:
        """Give frames until every step is done or its time is over."""
        deadline = self._clock.mono_s() + sum(step.timeout_s for step in plan.steps)
        at = -1
        wanted = 0
        while wanted < len(plan.steps) and (now := self._clock.mono_s()) < deadline:
            if wanted != at:
                at = wanted
                self._say(_step(plan.steps[at], at, len(plan.steps)))
            wanted = await self._frame(camera, checker, plan, wanted)
            spent = self._clock.mono_s() - now
            await self._clock.sleep(max(0.0, 1 / max(plan.frames_per_s, 1.0) - spent))

    async def _frame(self, camera: Camera, checker: FaceChecker, plan: FacePlan, wanted: int) -> int:
        """Give one frame; return the step that is wanted then."""
        try:
            self.device = CAMERA
            picture = await camera.take(CameraView.FACE, timeout_s=FRAME_S)
            self._run.see(picture.data)
            self.device = LIVENESS
            view = await checker.frame(plan.session, picture, timeout_s=FRAME_S)
        except AskAgain as exc:
            self._say(exc.hint)
            return wanted
        except DeviceFault as exc:
            self._say(exc.fault)
            return wanted
        except Refused as exc:
            if exc.reason == "face.frames":
                return len(plan.steps)
            if exc.reason.startswith("picture.") or exc.reason == "face.time":
                return wanted
            raise
        if view.hint:
            self._say(view.hint)
        return view.step

    def _say(self, hint: str) -> None:
        if hint != self._told:
            self._told = hint
            self._tell(hint)

    async def _compare(self, checker: FaceChecker, verdict: FaceVerdict) -> tuple[ev.Likeness | None, str]:
        """Compare the best frame with the chip's photo; the text is the name of what refused it.

        Raises `AskAgain` when the frame shows no one face: that must not end where a waiver stands in.
        """
        face = Picture(verdict.best_frame, "camera.face", self._clock.mono_s())
        chip = Picture(self._run.portrait, "chip", self._clock.mono_s())
        try:
            match = await checker.compare(face, chip, portrait=Portrait.CHIP, timeout_s=FINISH_S)
        except Refused as exc:
            return None, exc.reason
        weak = f", {', '.join(match.reasons)}" if match.reasons else ""
        note = f"score {match.score:.3f} of {match.threshold:.3f}{weak}; {models(match.models)}"
        return ev.Likeness(match.alike, note, _matched(match)), ""


def alive(verdict: FaceVerdict) -> bool:
    """Whether the verdict says live and nothing in it contradicts that; the word alone is not believed."""
    return verdict.live and not verdict.replayed and _coherent(verdict)


def _coherent(verdict: FaceVerdict) -> bool:
    states = {it.layer: it.state for it in verdict.layers}
    vetoed = LayerState.FAILED in states.values() or any(states.get(it) is not LayerState.PASSED for it in MUST)
    return 0 < verdict.threshold <= verdict.score and not vetoed and bool(verdict.best_frame.data)


def signs(verdict: FaceVerdict) -> tuple[str, ...]:
    """Return what speaks for an attack: the reasons of layers that failed, not of a challenge that was done wrong.

    A verdict that contradicts itself is one, too.
    """
    replayed = (REPLAYED,) if verdict.replayed else ()
    if verdict.live:
        return replayed if _coherent(verdict) else (*replayed, CONTRADICTS)
    failed = [it for it in verdict.layers if it.state is LayerState.FAILED and it.layer in SPOOFED]
    return (*replayed, *(reason for it in failed for reason in it.reasons or (f"face.{it.layer}",)))


def _found(verdict: FaceVerdict, *, live: bool) -> Result:
    return Result(
        live, LIVENESS, verdict.rule, hashes(_used(verdict)), _number(verdict.score), _number(verdict.threshold)
    )


def _matched(match: FaceMatch) -> Result:
    score, threshold = _number(match.score), _number(match.threshold)
    return Result(match.alike, LIVENESS, match.portrait.value, hashes(match.models), score, threshold)


def _number(value: float) -> float:
    """What is no number can be neither written down nor enough."""
    return value if math.isfinite(value) else 0.0


def _used(verdict: FaceVerdict) -> tuple[ModelUse, ...]:
    return tuple({it.name: it for layer in verdict.layers for it in layer.models}.values())


def _note(verdict: FaceVerdict) -> str:
    layers = ", ".join(f"{it.layer} {it.state.value} {it.score:.2f}/{it.threshold:.2f}" for it in verdict.layers)
    told = f"{verdict.rule}, score {verdict.score:.3f} of {verdict.threshold:.3f}, {verdict.frames} frames"
    return f"{told}; {layers}; {models(_used(verdict))}"


def _step(step: FaceStep, place: int, steps: int) -> str:
    return f"face.step {place + 1}/{steps} {step.kind.value} {step.colour}".rstrip()
