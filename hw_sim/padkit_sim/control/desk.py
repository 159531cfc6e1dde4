"""What each control request does to a kit. No I/O: a request in, a reply out."""

from __future__ import annotations

from typing import assert_never

import msgspec

from padkit_sim.control import words as w
from padkit_sim.devices.device import HandAction
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultRequest
from padkit_sim.kit import Kit

MAX_RECORDS = 5000
_DECODER: msgspec.json.Decoder[w.Request] = msgspec.json.Decoder(w.Request)


class Desk:
    """Answers requests about one kit."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def answer(self, line: bytes) -> bytes:
        """The reply to one line of JSON, without its newline; a refusal for whatever is wrong with it."""
        try:
            reply: w.Answered = self._do(_DECODER.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            reply = w.Refusal(f"control: {exc}; give one JSON object whose 'do' is one of {', '.join(w.VERBS)}")
        except SimRefused as exc:
            reply = w.Refusal(str(exc))
        return msgspec.json.encode(reply)

    def _do(self, request: w.Request) -> w.Reply:  # noqa: C901 - one line per verb
        kit = self._kit
        match request:
            case w.State():
                return self._state()
            case w.Fault():
                return self._fault(request)
            case w.Clear():
                return w.ClearedReply(cleared=kit.faults.clear(request.name))
            case w.Faults():
                return self._faults()
            case w.PowerCycle():
                kit.device(request.device).power_cycle()
            case w.Unplug():
                kit.device(request.device).unplug()
            case w.Plug():
                kit.device(request.device).plug(serial=request.serial, tty=request.tty)
            case w.Hand():
                kit.device(request.device).hand(HandAction(request.action, request.person, request.pan, request.item))
            case w.Auto():
                self._auto(request)
            case w.JournalSince():
                return self._journal(request)
            case w.Speed():
                kit.set_speed(request.value)
            case w.Tamper():
                kit.box(request.device).tamper(request.pan, request.place)
                kit.journal.note(request.device, f"tamper {request.pan} to {request.place}")
            case w.Hardware():
                kit.machine.swap(request.trait, request.value)
                kit.journal.note("machine", f"{request.trait} is {request.value or 'gone'}")
            case w.Camera():
                kit.camera.hand(request.action, request.item, request.person)
                kit.journal.note("camera", " ".join(filter(None, (request.action, request.item, request.person))))
            case _:
                assert_never(request)
        return w.Reply()

    def _state(self) -> w.StateReply:
        kit, devices = self._kit, {}
        for name, attached in kit.devices.items():
            attached.catch_up()
            wire = attached.wire
            shown: dict[str, object] = {"type": kit.types[name], "plugged": wire.plugged, "serial": wire.serial}
            devices[name] = shown | msgspec.to_builtins(attached.device.state(attached.now()))
        return w.StateReply(
            kit=kit.name,
            seed=kit.seed,
            speed=kit.time.speed,
            devices=devices,
            hardware=kit.machine.parts,
            camera=kit.camera.state() if kit.has_camera else {},
        )

    def _fault(self, request: w.Fault) -> w.ArmedReply:
        fault = FaultRequest(
            request.name, request.args, request.nth, request.chance, request.times, request.device, request.after_s
        )
        self._kit.catch_up()
        return w.ArmedReply(index=self._kit.faults.arm(fault))

    def _faults(self) -> w.FaultsReply:
        book = self._kit.faults
        armed = [
            w.ArmedFault(
                a.index,
                a.spec.name,
                a.request.device,
                a.args.values,
                a.request.nth,
                a.request.times,
                a.request.chance,
                a.seen,
                a.fired,
            )
            for a in book.armed()
        ]
        return w.FaultsReply(armed=armed, fired=[w.FiredFault(f.index, f.name, f.device) for f in book.firings()])

    def _auto(self, request: w.Auto) -> None:
        if request.take_after_s is not None and request.take_after_s < 0:
            raise SimRefused(f"auto: take_after_s is {request.take_after_s:g}; give 0 or more, or null for never")
        self._kit.box(request.device).take_after_s = request.take_after_s
        self._kit.device(request.device).catch_up()

    def _journal(self, request: w.JournalSince) -> w.JournalReply:
        if not 1 <= request.limit <= MAX_RECORDS:
            raise SimRefused(f"journal: limit is {request.limit}; give 1 to {MAX_RECORDS}")
        records = self._kit.journal.since(request.since)
        if request.device:
            records = [r for r in records if r.device == self._kit.device(request.device).name]
        return w.JournalReply(records=records[: request.limit])
