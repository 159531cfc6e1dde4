"""The flow's hand on camera and document reader: pictures are taken until one can be read, and only a comparison is told."""

from __future__ import annotations

from collections.abc import Callable

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.compare import Comparison, compare, different, unsettled
from padkit_agent.core.flow import CAMERA, OCR
from padkit_agent.core.seeing import evidence_of
from padkit_agent.devices import Devices, LeasedDevice
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.run import Run
from padkit_contract.crypto import sm3
from padkit_contract.messages import Field, Model, Result
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Camera, CameraView, DocumentReader, DocumentReading, DocumentSide, ModelUse

SHOW_S = 20.0  # how long one side is looked for: a person turns the card meanwhile
TAKE_S = 5.0
READ_S = 15.0  # the first picture loads the models
AGAIN_S = 0.3
LEASE_S = SHOW_S + TAKE_S + READ_S + 5.0
SHORT = 12  # characters of a model's sha256 that are told


async def read_document(
    devices: Devices,
    run: Run,
    side: DocumentSide,
    clock: Clock,
    tell: Callable[[str], None],
    caught: list[Caught],
) -> ev.AnyEvent:
    """Read `side` under leases of its own. What a person can mend is told as a hint each time it changes.

    The picture that was read is put into `caught`; each one that was taken is seen on the page.
    """
    device = CAMERA
    use = {"owner": run.flow.id, "purpose": f"read {side.value}"}
    try:
        async with devices.lease(CAMERA, **use, ttl_s=LEASE_S) as camera:
            device = OCR
            async with devices.lease(OCR, **use, ttl_s=LEASE_S) as reader:
                return await _look(camera, reader, run, side, clock, tell, caught)
    except Refused as exc:
        return ev.DeviceAway(device, str(exc))


async def _look(
    camera: LeasedDevice,
    reader: LeasedDevice,
    run: Run,
    side: DocumentSide,
    clock: Clock,
    tell: Callable[[str], None],
    caught: list[Caught],
) -> ev.AnyEvent:
    deadline, told = clock.mono_s() + SHOW_S, ""
    while True:
        event = await _try(camera, reader, run, side, caught)
        if not isinstance(event, ev.TryAgain) or clock.mono_s() >= deadline:
            return event
        if event.hint != told:
            told = event.hint
            tell(told)
        await clock.sleep(AGAIN_S)


async def _try(
    camera: LeasedDevice, reader: LeasedDevice, run: Run, side: DocumentSide, caught: list[Caught]
) -> ev.AnyEvent:
    """One picture. A camera or reader that is not there is told by name."""
    device = camera.name
    try:
        picture = await camera.port(Camera).take(CameraView.DOCUMENT, timeout_s=TAKE_S)
        run.see(picture.data)
        device = reader.name
        reading = await reader.port(DocumentReader).read(picture, expected=side, timeout_s=READ_S)
        if reading.side is not side:  # of another side nothing would be compared, and nothing differ
            return ev.TryAgain("document.wrong_side")
    except AskAgain as exc:
        return ev.TryAgain(exc.hint)
    except DeviceFault as exc:
        return ev.TryAgain(exc.fault)
    except Refused as exc:
        if exc.reason.startswith("picture."):
            return ev.TryAgain(exc.reason)
        return ev.DeviceAway(device, str(exc))
    except (LinkLost, BadFrame, OutcomeUnknown) as exc:
        return ev.DeviceAway(device, str(exc))
    caught.append(Caught(evidence_of(side.value), CAMERA, picture.data))
    compared = compare(run.flow.identity, reading)
    note = f"{reading.way}, {models(reading.models)}"
    return ev.DocumentRead(side.value, compared, sm3(picture.data.data).hex(), note, result(reading, compared))


def result(reading: DocumentReading, compared: tuple[Comparison, ...]) -> Result:
    """Tell central what was found, field by field, without what stands there."""
    passed = bool(compared) and not different(compared) and not unsettled(compared)
    fields = tuple(Field(it.field, it.state.value, it.verdict.value, it.why) for it in compared)
    return Result(passed, OCR, reading.way, hashes(reading.models), fields=fields)


def hashes(used: tuple[ModelUse, ...]) -> tuple[Model, ...]:
    """The models that took part, as evidence names them."""
    return tuple(Model(it.name, it.sha256, it.engine) for it in used)


def models(used: tuple[ModelUse, ...]) -> str:
    """Name the models that took part, each with the beginning of its sha256 and its engine."""
    return ", ".join(f"{it.name}@{it.sha256[:SHORT]} ({it.engine})" for it in used)
