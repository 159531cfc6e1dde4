"""A face checker, and the simulator's sittings before it: recorded ones by their own times, living ones as they are asked."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from padkit_liveness.driver import Faces
from padkit_sdk import DriverContext, HiddenBytes
from padkit_sdk.links import Setting
from padkit_sdk.ports import FacePlan, FaceStep, FaceStepKind, FaceVerdict, Picture
from padkit_sim.pictures.faces.attacks import Ask, scene_of
from padkit_sim.pictures.faces.people import PEOPLE
from padkit_sim.pictures.faces.plan import Step, read_steps
from padkit_sim.pictures.faces.sensor import Sensor
from padkit_sim.pictures.faces.sitting import Sitting, play

T = 60.0  # generous: a busy machine


class NoWire:
    """What the agent gives a driver that needs no wire."""

    closed = False

    async def close(self) -> None:
        self.closed = True


@asynccontextmanager
async def checker(settings: Mapping[str, Setting] | None = None, seed: int = 1) -> AsyncIterator[Faces]:
    """An open face checker whose plans come from `seed`."""
    context = DriverContext("faces", time.monotonic, lambda event: None, settings or {})
    faces = Faces(NoWire(), context, random.Random(seed))
    try:
        yield faces
    finally:
        await faces.close()


async def recorded(faces: Faces, kind: str, seed: int, steps: str) -> FaceVerdict:
    """Play a sitting of the simulator that nobody steers."""
    played = play(Sitting(kind, seed, read_steps(steps)))
    plan = await faces.begin(steps=tuple(_asked(step) for step in played.steps), timeout_s=T)
    for frame in played.frames:
        await faces.frame(plan.session, Picture(HiddenBytes(frame.jpeg), "test", frame.at_s), timeout_s=T)
    return await faces.finish(plan.session, timeout_s=T)


async def steered(faces: Faces, kind: str, seed: int) -> tuple[FacePlan, FaceVerdict]:
    """Let a scene do what `faces` asks, a frame after it was asked, until the plan is done or 40 s are over."""
    plan = await faces.begin(timeout_s=T)
    rng = random.Random(seed)
    steps = [Step(step.kind.value, step.colour) for step in plan.steps]
    scene = scene_of(kind, Ask(PEOPLE[seed % len(PEOPLE)], steps, rng))
    sensor, told = Sensor(rng), -1
    step = 0
    for at_s in sensor.moments(40.0):
        if step == len(steps):
            break
        if step > told:
            told = step
            scene.tell(steps[told], at_s)
        picture = Picture(HiddenBytes(sensor.jpeg(scene.seen(at_s))), "test", at_s)
        step = (await faces.frame(plan.session, picture, timeout_s=T)).step
    return plan, await faces.finish(plan.session, timeout_s=T)


def _asked(step: Step) -> FaceStep:
    return FaceStep(FaceStepKind(step.kind), step.colour, step.timeout_s)
