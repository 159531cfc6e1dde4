"""The keypad: commands, key store, PIN entry with stars, its own time limit. No I/O, no clock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.hands import in_words
from padkit_sim.devices.pin_pad import secure
from padkit_sim.devices.pin_pad.hands import HANDS
from padkit_sim.devices.pin_pad.state import MASTER_ID, PIN_KEY_ID, Entry, PadSettings, PadState, Tuning
from padkit_sim.devices.pin_pad.wire import CANCEL, CLEAR, ENTER, STAR_KEY, Ear, say
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
DONE = "0"
KEYS = re.compile("[0-9ECL]+")  # E enter, C cancel, L clear
HEX = "[0-9A-Fa-f]"
USER_TEXT = "PADKIT SIMULATED KEYPAD".ljust(50)
KEYBOARD = "00" * 24
MAKE = "00000001" + "ZT588 " + "1.0" + "2.3" + "2601" + "0001"


class Say(Exception):
    """The answer to a command that is refused."""


class PinPad:
    """A simulated keypad; see `Device`."""

    def __init__(self, settings: PadSettings, dial: Dial) -> None:
        self._settings = settings
        self._dial = dial
        self._ear = Ear()
        self._tuning = Tuning()
        self._keys = {MASTER_ID: settings.master_key}
        if settings.pin_key:
            self._keys[PIN_KEY_ID] = settings.pin_key
        self._baud = settings.baud
        self._entry: Entry | None = None
        self._block: bytes | None = None
        self._late: tuple[float, bytes] | None = None
        self._plain = self._known = False
        self._random = self._challenge = b""
        self._work: Mapping[str, Callable[[str, Moment], str]] = {
            "2": self._load,
            "3": self._information,
            "5": self._control,
            "6": self._start,
            "7": self._get,
            ":": self._authenticate,
        }

    # -- Device

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        """Bytes at a rate that the keypad does not listen at are noise."""
        pieces = self._pass_time(at)
        if baud not in (None, self._baud):
            return self._step(pieces, f"noise: sent at {baud} baud, the keypad listens at {self._baud}")
        spoiled = self._ear.spoiled
        for text in self._ear.hear(data):
            pieces += self._obey(text, at)
        return self._step(pieces, "wrong check digits: ignored" if self._ear.spoiled > spoiled else "")

    def update(self, at: Moment) -> Step:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> Step:
        pieces = self._pass_time(at)
        self._entry = self._block = self._late = None
        self._tuning, self._plain, self._known = Tuning(), False, False
        self._ear = Ear()
        return self._step(pieces)

    def hand(self, action: HandAction, at: Moment) -> Step:
        pieces = self._pass_time(at)
        match action.action:
            case "press_keys":
                return self._step(pieces + self._press_all(action))
            case other:
                raise SimRefused(f"PIN keypad: nobody can {other!r} it; a hand can {in_words(HANDS)}")

    def _press_all(self, action: HandAction) -> list[Piece]:
        if not KEYS.fullmatch(action.item):
            raise SimRefused("PIN keypad: press_keys: give keys in item, such as 4 digits and E; C cancels, L clears")
        heard = map(self._press, action.item)
        return [Piece(PieceKind.CONTROL, said) for said in heard if said]

    def fault_cleared(self, name: str) -> None:
        """A keypad that was opened gets its keys again, as in the secure room."""
        if name == "pin.tamper" and not self._keys:
            self.__init__(self._settings, self._dial)  # type: ignore[misc]  # all of it is new

    def state(self, at: Moment) -> PadState:
        return PadState(
            entering=self._entry is not None,
            stars=len(self._entry.digits) if self._entry else 0,
            key_ids=tuple(sorted(self._keys)),
            tampered=not self._keys,
            authenticated=self._known,
            plain_input=self._plain,
            baud=self._baud,
        )

    # -- time, keys and answers

    def _pass_time(self, at: Moment) -> list[Piece]:
        pieces = []
        if self._late and at.mech_s >= self._late[0]:
            pieces.append(Piece(PieceKind.FRAME, self._late[1]))
            self._late = None
        if self._entry and at.mech_s >= self._entry.ends_at_s:
            self._entry = None
            pieces.append(Piece(PieceKind.FRAME, say("EE")))
        return pieces

    def _step(self, pieces: list[Piece], note: str = "") -> Step:
        due = [self._late[0]] if self._late else []
        due += [self._entry.ends_at_s] if self._entry else []
        return Step(tuple(pieces), min(due, default=None), note)

    def _press(self, key: str) -> bytes:
        """What the host hears of one key: nothing that tells a digit, and nothing at all when no PIN is asked for."""
        entry = self._entry
        if entry is None:
            return key.encode() if self._plain and key.isdigit() else b""
        match key:
            case "C":
                self._entry = None
                return CANCEL
            case "L":
                entry.digits = ""
                return CLEAR
            case "E" if len(entry.digits) < self._tuning.least:
                return b""
            case "E":
                self._block = secure.pin_block(self._keys[entry.key_id], entry.digits, entry.pan)
                self._entry = None
                return ENTER
        if len(entry.digits) >= entry.most:
            return b""
        entry.digits += key
        return STAR_KEY

    def _obey(self, text: str, at: Moment) -> list[Piece]:
        self._dial.passed("pin.tamper")
        if self._dial.standing("pin.tamper"):
            self._keys.clear()
            self._entry = self._block = None
        rate = self._baud
        try:
            if code := self._dial.strike("pin.code"):
                raise Say(code.text("code"))
            work = self._work.get(text[:1])
            if work is None:
                raise Say("E9")
            answer = work(text[1:], at)
        except Say as refusal:
            answer = str(refusal)
        frame = say(answer, spoiled=self._dial.strike("pin.bcc") is not None)
        if self._dial.strike("pin.silent") or rate != self._baud:  # at another rate the answer is not heard
            return []
        if slow := self._dial.strike("pin.slow"):
            self._late = (at.mech_s + slow.number("seconds"), frame)
            return []
        return [Piece(PieceKind.FRAME, frame)]

    # -- commands

    def _information(self, rest: str, at: Moment) -> str:
        rate = RATES.index(self._baud)
        settings = self._tuning.shown(blank=not self._keys, input_on=self._plain or self._entry is not None, rate=rate)
        return DONE + USER_TEXT + KEYBOARD + settings + MAKE

    def _load(self, rest: str, at: Moment) -> str:
        self._need_host()
        if not re.fullmatch(f"{HEX}{{4}}[0-9][0-3]({HEX}{{16}})*", rest):
            raise Say("E9")
        under, key_id, size, secret = rest[:2], rest[2:4], int(rest[5]) - 1, bytes.fromhex(rest[6:])
        if under == "00" and size < 0:
            self._keys.pop(rest[2:4], None)
            return DONE
        if under not in self._keys:
            raise Say("E2" if MASTER_ID not in self._keys else "E4")
        if len(secret) != 8 * (size + 1):
            raise Say("E3")
        key = secure.decrypt(self._keys[under], secret)
        if any(byte.bit_count() % 2 == 0 for byte in key):
            raise Say("E6")
        self._keys[key_id] = key
        return DONE + secure.check_value(key)

    def _control(self, rest: str, at: Moment) -> str:
        if not re.fullmatch(f"[0-68]{HEX}{{1,2}}", rest) and not re.fullmatch("6[0-9]", rest):
            raise Say("EB")
        subject, value = rest[0], rest[1:]
        match subject:
            case "0":
                self._misc(value)
            case "2":
                self._tuning.limit_s = int(value, 16)
            case "3":
                self._tuning.mask = value
            case "4":
                self._tuning.least = int(value, 16)
            case "5":
                self._tuning.most = int(value, 16)
            case "6":
                self._communicate(value)
            case "8":
                self._tuning.beep = int(value, 16)
        return DONE

    def _misc(self, value: str) -> None:
        """Value is a hex digit pair or, as most of the table writes it, the code of a digit: 30 is 0."""
        match value[-1]:
            case "0":
                self._entry = self._block = None
                self._tuning = Tuning()
            case "1":
                self._keys.clear()
            case "2":
                self._entry, self._plain = None, False
            case "3":
                self._plain = True
            case "4" | "5":
                self._tuning.sound = value[-1] == "5"

    def _communicate(self, value: str) -> None:
        code = int(value, 16)
        if value in ("30", "37"):
            self._tuning.whole_hex = value == "37"
        elif 0x41 <= code <= 0x4F:  # both of the manual's tables for rates
            self._baud = RATES[code - 0x41 if code <= 0x47 else 7 if code == 0x48 else code - 0x48]
        else:
            raise Say("EB")

    def _start(self, rest: str, at: Moment) -> str:
        self._need_host()
        for name, code in (("pin.battery", "E0"), ("pin.locked", "ED"), ("pin.no_key", "E4")):
            if self._dial.strike(name):
                raise Say(code)
        if not re.fullmatch(f"{HEX}{{2}}[@ !#0][0-9][0-9]{{2}}[0-9]{{13,19}}", rest):
            raise Say("E9")
        if rest[2] != " " or not self._tuning.whole_hex:
            raise Say("EB")
        if not self._keys:
            raise Say("E1")
        if rest[:2] not in self._keys or rest[:2] == MASTER_ID:
            raise Say("E4")
        limit_s = 0.0 if self._dial.strike("pin.timeout") else float(self._tuning.limit_s)
        most = min(int(rest[4:6]), self._tuning.most)
        self._entry, self._block = Entry(rest[:2], rest[6:], most, at.mech_s + limit_s), None
        return DONE

    def _get(self, rest: str, at: Moment) -> str:
        if self._entry is not None or self._block is None:
            raise Say("EE")
        return DONE + "00" + f"{len(self._block):02X}" + self._block.hex().upper()

    def _authenticate(self, rest: str, at: Moment) -> str:
        if not re.fullmatch(f"{HEX}{{18}}", rest):
            raise Say("E9")
        data = bytes.fromhex(rest[2:])
        if rest[:2] == "A0":
            self._random = hashlib.sha256(b"random" + self._random).digest()[:8]
            return DONE + self._random.hex().upper()
        if rest[:2] == "20" and data == self._random:
            self._challenge = hashlib.sha256(b"challenge" + data).digest()[:8]
            return DONE + self._challenge.hex().upper()
        if rest[:2] == "90" and self._settings.user_key:
            if data != secure.encrypt(self._settings.user_key, self._challenge):
                raise Say("E5")
            self._known = True
            return DONE + secure.encrypt(self._settings.user_key, data).hex().upper()
        raise Say("EB")

    def _need_host(self) -> None:
        if self._settings.user_key and not self._known:
            raise Say("EC")
