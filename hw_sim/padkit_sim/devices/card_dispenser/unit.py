"""The unit's electronics: power-on state, latched errors, counters, and what each command of the table does."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from padkit_sim.devices.card_dispenser import outcome as o
from padkit_sim.devices.card_dispenser.contacts import Contacts, SamSockets, memory_commands
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.mishaps import Mishaps
from padkit_sim.devices.card_dispenser.outcome import Answer, Handler, Outcome, Refusal, Script, Wait
from padkit_sim.devices.card_dispenser.radio import Radio
from padkit_sim.devices.card_dispenser.track import (
    GATE_SENSOR,
    Captured,
    Done,
    Failed,
    Halt,
    Input,
    Output,
    SelfTest,
    Stop,
    Taken,
)
from padkit_sim.devices.card_dispenser.wire import Command

COUNT_DIGITS = 3
MAX_COUNT = 10**COUNT_DIGITS - 1
SENSOR_BYTES = 10  # the prose says eight, the drawing ten; spare ones read '0'
INITIALIZE = 0x30
STATUS = 0x31
MOTION_COMMANDS = (0x32, 0x33)
ENTRY_ALLOWED, ENTRY_FORBIDDEN = 0x30, 0x31
WITH_DATA = frozenset({(0x51, 0x30), (0x51, 0x33), (0x51, 0x34), (0x51, 0x39), (0xA5, 0x31)})
DATA_GROUPS = range(0x52, 0x61)  # their handlers check their own data


@dataclass(frozen=True, slots=True)
class Labels:
    """What the unit says of itself."""

    firmware: str = "CRT-591-M001"
    serial: str = "0000000001"
    configuration: str = "CRT-591-M001 1IC 5SAM RF"
    version: str = "V1.00"


class Unit:
    """One CRT-591-M001. `start` begins a command, `update` lets time pass; both say how the command ended, None while it runs."""

    def __init__(
        self, mechanism: Mechanism, mishaps: Mishaps, labels: Labels, low_at: int, *, counter_survives: bool
    ) -> None:
        self._mechanism = mechanism
        self._mishaps = mishaps
        self._labels = labels
        self._low_at = low_at
        self._counter_survives = counter_survives
        self.contacts = Contacts(mechanism)
        self.radio = Radio(mechanism)
        self.sam = SamSockets()
        self.initialised = False
        self.error = ""
        self.entry_allowed = False
        self.counting = False
        self.bin_count = 0
        self._script: Script | None = None
        self._waits_until_s: float | None = None
        self._table = self._make_table()

    def _make_table(self) -> Mapping[int, Mapping[int, Handler]]:
        moves = {0x30: Stop.GATE, 0x33: Stop.BIN, 0x39: Stop.OUT}
        stations = {0x31: Stop.IC, 0x32: Stop.RF}
        return {
            0x30: {pm: partial(self._initialise, pm) for pm in (0x30, 0x31, 0x33, 0x34, 0x35, 0x37)},
            0x31: {0x30: lambda data: Answer(), 0x31: lambda data: Answer(self._sensor_report())},
            0x32: {pm: partial(self._carry, to) for pm, to in moves.items()}
            | {pm: partial(self._to_station, to) for pm, to in stations.items()},
            0x33: {pm: partial(self._entry, pm) for pm in (ENTRY_ALLOWED, ENTRY_FORBIDDEN)},
            0x50: {0x30: lambda data: self.contacts.card_type(), 0x31: lambda data: self.radio.card_type()},
            0x51: self.contacts.commands,
            0x52: self.sam.commands,
            0x53: memory_commands(),
            0x54: memory_commands(),
            0x60: self.radio.commands,
            0xA2: {0x30: lambda data: Answer(_counted(self._labels.serial))},
            0xA3: {0x30: lambda data: Answer(self._labels.configuration.encode("ascii"))},
            0xA4: {0x30: lambda data: Answer(self._labels.version.encode("ascii"))},
            0xA5: {0x30: self._read_counter, 0x31: self._set_counter},
            0xA6: {0x30: lambda data: Refusal(o.NOT_FITTED)},
        }

    # -- life of a command

    @property
    def busy(self) -> bool:
        return self._script is not None

    @property
    def wake_at_s(self) -> float | None:
        """When a wait of the running command ends."""
        return self._waits_until_s

    def start(self, command: Command, now_s: float) -> Outcome | None:
        """Begin `command`; the unit must not be busy."""
        answer = self._gatekeep(command) or self._table[command.cm][command.pm](command.data)
        if isinstance(answer, Generator):
            self._script = answer
            return self._go_on("", now_s, first=True)
        return answer

    def update(self, now_s: float) -> Outcome | None:
        """Let time pass."""
        code = self._absorb(self._mechanism.update(now_s).outputs)
        if self._waits_until_s is not None and now_s >= self._waits_until_s:
            self._waits_until_s, code = None, ""
        return self._go_on(code, now_s) if self._script and code is not None else None

    def stop(self, now_s: float) -> None:
        """EOT: drop the running command and stop the motors where they are."""
        self._script, self._waits_until_s = None, None
        self._absorb(self._mechanism.update(now_s, Halt()).outputs)

    def act(self, one: Input, now_s: float) -> Outcome | None:
        """Let a hand do something to the mechanism; a running command may end by it."""
        code = self._absorb(self._mechanism.update(now_s, one).outputs)
        return self._go_on(code, now_s) if self._script and code is not None else None

    def power_cycle(self, now_s: float) -> None:
        """Back to the power-on state; motors stop, cards stay, the bin counter only when it is of the kind that survives."""
        self.stop(now_s)
        self.initialised, self.error, self.entry_allowed, self.counting = False, "", False, False
        self._lift_contacts()
        self.sam.release()
        if not self._counter_survives:
            self.bin_count = 0

    def _gatekeep(self, command: Command) -> Outcome | None:
        """Why `command` is refused before it begins, None when it may begin."""
        if command.cm != INITIALIZE and not self.initialised:
            return Refusal(o.NOT_INITIALISED)
        group = self._table.get(command.cm)
        if group is None:
            return Refusal(o.UNKNOWN_COMMAND)
        if command.pm not in group:
            return Refusal(o.WRONG_PARAMETER)
        takes_data = (command.cm, command.pm) in WITH_DATA or command.cm in DATA_GROUPS
        if command.data and not takes_data:
            return Refusal(o.BAD_DATA)
        if self.error and (command.cm in MOTION_COMMANDS or 0x50 <= command.cm <= 0x60):
            return Refusal(self.error)
        code = self._mishaps.refusal(command.cm)
        return self._fault(code) if code else None

    def _go_on(self, code: str, now_s: float, *, first: bool = False) -> Outcome | None:
        """Send `code` into the running script and carry out what it asks for next."""
        assert self._script is not None
        try:
            wish = next(self._script) if first else self._script.send(code)
        except StopIteration as end:
            self._script = None
            outcome: Outcome = end.value
            return outcome
        if isinstance(wish, Wait):
            self._waits_until_s = now_s + wish.seconds
            return None
        ended = self._absorb(self._mechanism.update(now_s, wish).outputs)
        return None if ended is None else self._go_on(ended, now_s)

    def _absorb(self, outputs: Sequence[Output]) -> str | None:
        """Count what fell and was taken; '' or a code when a motion ended, None when none did."""
        code: str | None = None
        for one in outputs:
            match one:
                case Captured():
                    if self.counting:
                        self.bin_count = min(self.bin_count + one.counts, MAX_COUNT)
                case Taken():
                    self._mishaps.taken()
                case Done():
                    code = ""
                case Failed():
                    code = one.code
                    if not self.busy:
                        self._fault(code)
        return code

    def _fault(self, code: str) -> Refusal:
        if code in o.MECHANICAL:
            self.error = code
        return Refusal(code)

    def _lift_contacts(self) -> None:
        """A card that moves loses contact and field."""
        self.contacts.release()
        self.radio.release()

    # -- what the unit reports

    def status(self, cm: int) -> str:
        """st0 st1 st2 for an answer to `cm`, from sensors; only STATUS asks a flapping gate sensor anew."""
        sensors = self._mechanism.sensors()
        at_gate = sensors[GATE_SENSOR] or (cm == STATUS and self._mishaps.flapping())
        card = "1" if at_gate else "2" if any(sensors) else "0"
        stacker = "0" if self._mishaps.stacker_empty() else "1" if self._mishaps.stacker_low(self._low_at) else "2"
        return card + stacker + ("1" if self._mishaps.bin_full() else "0")

    def _sensor_report(self) -> bytes:
        return b"".join(b"1" if dark else b"0" for dark in self._mechanism.sensors()).ljust(SENSOR_BYTES, b"0")

    # -- commands

    def _initialise(self, pm: int, data: bytes) -> Script:
        self._lift_contacts()
        self.sam.release()
        self.entry_allowed = False
        failed = yield SelfTest()
        target = {0x30: Stop.GATE, 0x31: Stop.BIN, 0x34: Stop.GATE, 0x35: Stop.BIN}.get(pm)
        self.counting = pm in (0x34, 0x35, 0x37)
        if not failed and target and not self._mechanism.path_empty:
            if target is Stop.BIN and self._mishaps.bin_full():
                return Refusal(o.BIN_FULL)
            failed = yield self._mishaps.carry(target)
            self._arrived(target, failed)
        if failed:
            return self._fault(failed)
        self.initialised, self.error = True, ""
        return Answer(self._labels.firmware.encode("ascii"))

    def _to_station(self, to: Stop, data: bytes) -> Outcome | Script:
        if not self._mechanism.path_empty:
            return self._carry(to, data)
        if self._mishaps.stacker_empty():
            return Refusal(o.STACKER_EMPTY)
        return self._feed(to)

    def _feed(self, to: Stop) -> Script:
        self._lift_contacts()
        failed = yield self._mishaps.feed(to)
        return self._fault(failed) if failed else Answer()

    def _carry(self, to: Stop, data: bytes) -> Outcome | Script:
        if self._mechanism.path_empty:
            return Refusal(o.WRONG_SEQUENCE)
        if to is Stop.BIN and self._mishaps.bin_full():
            return Refusal(o.BIN_FULL)
        if to is Stop.BIN and self.counting and self.bin_count >= MAX_COUNT:
            return self._fault(o.COUNTER_OVERFLOW)
        return self._move(to)

    def _move(self, to: Stop) -> Script:
        self._lift_contacts()
        failed = yield self._mishaps.carry(to)
        self._arrived(to, failed)
        return self._fault(failed) if failed else Answer()

    def _arrived(self, to: Stop, failed: str) -> None:
        if to is Stop.GATE and not failed:
            self._mishaps.arrived_at_gate()

    def _entry(self, pm: int, data: bytes) -> Outcome:
        self.entry_allowed = pm == ENTRY_ALLOWED
        return Answer()

    def _read_counter(self, data: bytes) -> Outcome:
        if self._mishaps.counter_unreadable:
            return Refusal("12")
        return Answer(b"%03d" % self.bin_count)

    def _set_counter(self, data: bytes) -> Outcome:
        if data.isdigit() and len(data) == COUNT_DIGITS:
            self.bin_count = int(data)
            return Answer()
        return Refusal(o.BAD_DATA)


def _counted(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("ascii")
