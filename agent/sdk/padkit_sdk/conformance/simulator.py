"""Hands of a simulated kit: each request is a JSON line on its control socket (``PADKIT_SIM_CONTROL``)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec

from padkit_sdk.conformance.hands import BenchHands, FaultArgument, Power, Spoilt
from padkit_sdk.errors import Refused

ANSWER_S = 10.0
REST_S = 30.0  # a motion that has not ended by then never will
LOOK_S = 0.01
SLOW = 4.0  # the pace at which a motion of the box lasts half a second or so
MAX_ANSWER = 4 * 1024 * 1024
HOPPER = "hopper"
REDO = "redo"
BENCH = "bench"  # whose fingers they are
LATE_S = 0.2

Spoiling = Mapping[Spoilt, tuple[str, Mapping[str, FaultArgument]]]
BYTES: Spoiling = {  # a serial line, the air
    Spoilt.NOISE: ("link.noise", {"piece": "any", "count": 64}),
    Spoilt.CUT: ("link.truncate", {"keep": 3}),
    Spoilt.WRONG: ("link.flip_bcc", {}),
    Spoilt.TWICE: ("link.repeat", {}),
}
TRANSFERS: Spoiling = {
    Spoilt.NOISE: ("usb.stall", {}),
    Spoilt.CUT: ("usb.truncate", {"keep": 3}),
    Spoilt.WRONG: ("usb.delay", {"seconds": LATE_S}),
    Spoilt.TWICE: ("usb.repeat", {}),
}


class CardSeen(msgspec.Struct, frozen=True):
    """One card of a box as the simulator knows it."""

    serial: str
    pan: str
    place: str


class DeviceSeen(msgspec.Struct, frozen=True):
    """One device of the kit: `serial` is that of its USB adapter. A box has cards, an identity reader people.

    A bank-card reader has the `numbers` of cards at hand, and the one that is `inserted`; a fingerprint reader `fingers`, and
    the one that is `lying` on it; a pad `signatures`, whether it is `capturing` one, and how many `captures` it began.
    """

    serial: str
    numbers: tuple[str, ...] = ()
    inserted: str = ""
    moving: bool = False
    cards: tuple[CardSeen, ...] = ()
    person: str = ""
    people: tuple[str, ...] = ()
    capturing: bool = False
    captures: int = 0
    signatures: tuple[str, ...] = ()
    lying: str = ""
    fingers: tuple[str, ...] = ()
    key_ids: tuple[str, ...] | None = None  # of a PIN keypad


class KitSeen(msgspec.Struct, frozen=True):
    """The answer to ``state``, as far as we need it; that to any other request has `ok` and `error` only."""

    ok: bool
    error: str = ""
    speed: float = 1.0
    devices: dict[str, DeviceSeen] = {}


class SimulatorHands(BenchHands):
    """Acts on the simulated device behind one USB adapter. `say` sends a request and gives the answer; `pause` waits."""

    name = "simulator"

    def __init__(
        self, say: Callable[[bytes], bytes], adapter: str, pause: Callable[[float], None], spoiling: Spoiling = BYTES
    ) -> None:
        self._say = say
        self._pause = pause
        self._spoiling = spoiling
        self._device = self._find(adapter)
        self._armed: set[str] = set()
        self._captures = 0  # of a pad, those that are over
        self.powers = self._powers()

    def tidy(self) -> None:
        self.clear_faults()
        self._wait_for_rest()
        self.lift_identity_card()
        self.unseat_bank_card()
        if self._seen().lying:
            self._do("hand", action="lift_finger")
        strays = sorted((c for c in self._in_box() if c.place != HOPPER), key=lambda c: c.serial, reverse=True)
        for card in strays:  # the lowest number last: it goes on top and is fed first
            self._do("tamper", pan=card.pan, place=HOPPER)

    def take_card(self) -> None:
        self._do("hand", action="take_card")

    def identity_cards(self) -> Sequence[str]:
        return self._seen().people

    def lay_identity_card(self, name: str) -> None:
        self.lift_identity_card()
        self._do("hand", action="lay_card", person=name)

    def lift_identity_card(self) -> None:
        if self._seen().person:
            self._do("hand", action="lift_card")

    def seat_bank_card(self) -> None:
        seen = self._seen()
        if not seen.numbers:
            raise Refused("hands.missing", f"simulator: {self._device} is no chip reader by itself")
        if not seen.inserted:
            self._do("hand", action="insert_card")

    def unseat_bank_card(self) -> None:
        if self._seen().inserted:
            self._do("hand", action="remove_card")

    def fingers(self) -> Sequence[str]:
        return self._seen().fingers

    def touch_finger(self, name: str) -> None:
        self._do("hand", action="touch_finger", person=BENCH, item=name)

    def press_keys(self, keys: str) -> None:
        self._do("hand", action="press_keys", item=keys)

    def write_signature(self) -> None:
        self._on_pad(action="sign", item=self._seen().signatures[0])

    def touch_pad(self, button: str) -> None:
        seen = self._on_pad(action="press", item=button)
        if button == REDO:  # what is written before the pad asks anew is lost
            self._captures = seen.captures

    def cut_power(self) -> None:
        self._do("power_cycle")

    def arm(self, fault: str, args: Mapping[str, FaultArgument], *, nth: int = 1, times: int = 1) -> None:
        self._do("fault", name=fault, args=dict(args), nth=nth, times=times)
        self._armed.add(fault)

    def spoil(self, how: Spoilt) -> None:
        fault, args = self._spoiling[how]
        self.arm(fault, args, times=0)

    def clear_faults(self) -> None:
        """Those that we armed; a kit that is slow by its file stays slow."""
        while self._armed:
            self._ask({"do": "clear", "name": self._armed.pop()})

    def cards(self) -> Mapping[str, str]:
        return {card.serial: card.place for card in self._in_box()}

    def is_moving(self) -> bool:
        return self._seen().moving

    def slowly(self) -> AbstractContextManager[None]:
        return self._paced(SLOW)

    @contextmanager
    def _paced(self, speed: float) -> Iterator[None]:
        usual = self._ask({"do": "state"}).speed
        self._ask({"do": "speed", "value": min(speed, usual)})
        try:
            yield
        finally:
            self._ask({"do": "speed", "value": usual})

    def _wait_for_rest(self) -> None:
        for _ in range(round(REST_S / LOOK_S)):
            if not self._seen().moving:
                return
            self._pause(LOOK_S)
        raise Refused("hands.moving", f"simulator: {self._device} still moves after {REST_S:g} s; look at its journal")

    def _on_pad(self, **words: str) -> DeviceSeen:
        """Do it when the pad takes it, and see it ended; what was seen before."""
        for _ in range(round(REST_S / LOOK_S)):
            seen = self._seen()
            if seen.capturing and seen.captures > self._captures:
                self._do("hand", **words)
                self._wait_for_rest()
                return seen
            self._pause(LOOK_S)
        raise Refused(
            "hands.moving", f"simulator: {self._device} asked for no signature in {REST_S:g} s; look at its journal"
        )

    def _powers(self) -> frozenset[Power]:
        seen = self._seen()
        of_box = {Power.TAKE_CARD, Power.SEE_CARDS} if self._in_box() else set()
        of_reader = {Power.LAY_IDENTITY_CARD} if seen.people else set()
        of_slot = {Power.SEAT_BANK_CARD} if seen.numbers else set()
        of_finger = {Power.TOUCH_FINGER} if seen.fingers else set()
        of_keypad = {Power.PRESS_KEYS} if seen.key_ids is not None else set()
        of_pad = {Power.SIGN} if seen.signatures else set()
        return frozenset(
            {Power.CUT_POWER, Power.ARM_FAULTS, Power.SPOIL_LINE}
            | of_box
            | of_reader
            | of_slot
            | of_pad
            | of_keypad
            | of_finger
        )

    def _find(self, adapter: str) -> str:
        devices = self._ask({"do": "state"}).devices
        named = [name for name, seen in devices.items() if seen.serial == adapter]
        if len(named) != 1:
            raise Refused("hands.device", f"simulator: no device has adapter {adapter!r}; it has {', '.join(devices)}")
        return named[0]

    def _in_box(self) -> tuple[CardSeen, ...]:
        """Cards of a box; those of a chip reader are at hand or in it."""
        seen = self._seen()
        return () if seen.numbers else seen.cards

    def _seen(self) -> DeviceSeen:
        return self._ask({"do": "state"}).devices[self._device]

    def _do(self, verb: str, **words: object) -> None:
        self._ask({"do": verb, "device": self._device, **words})

    def _ask(self, request: Mapping[str, object]) -> KitSeen:
        answer = msgspec.json.decode(self._say(msgspec.json.encode(request) + b"\n"), type=KitSeen)
        if not answer.ok:
            raise Refused("hands.simulator", f"simulator, asked to {request['do']}: {answer.error}")
        return answer


def say_to(control: Path) -> Callable[[bytes], bytes]:
    """A conversation with the control socket at `control`: one connection for each request."""

    def say(line: bytes) -> bytes:
        answer = bytearray()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                door.settimeout(ANSWER_S)
                door.connect(str(control))
                door.sendall(line)
                while not answer.endswith(b"\n") and len(answer) < MAX_ANSWER:
                    chunk = door.recv(65_536)
                    if not chunk:
                        break
                    answer += chunk
        except OSError as exc:
            raise Refused("hands.simulator", f"control socket {control}: {exc}; is the kit still running?") from exc
        return bytes(answer)

    return say
