"""Hands of a person at a terminal: each request is a line, answered with Enter when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from padkit_sdk.conformance.hands import NoHands, Power

TERMINAL = Path("/dev/tty")  # pytest captures stdin and stdout, not the terminal itself


class PersonHands(NoHands):
    """`ask` shows a request and returns when the person has done it."""

    name = "a person"
    powers = frozenset(
        {
            Power.TAKE_CARD,
            Power.LAY_IDENTITY_CARD,
            Power.PRESS_KEYS,
            Power.SIGN,
            Power.SEAT_BANK_CARD,
            Power.TOUCH_FINGER,
            Power.CUT_POWER,
        }
    )

    def __init__(self, ask: Callable[[str], None]) -> None:
        self._ask = ask
        self._laid = self._seated = False

    def tidy(self) -> None:
        self.lift_identity_card()
        self.unseat_bank_card()

    def take_card(self) -> None:
        self._ask("take the card from the gate and put it aside")

    def identity_cards(self) -> Sequence[str]:
        return ("an identity card",)

    def lay_identity_card(self, name: str) -> None:
        self.lift_identity_card()
        self._ask(f"lay {name} on the reader and leave it there")
        self._laid = True

    def lift_identity_card(self) -> None:
        if self._laid:
            self._ask("take the identity card away")
            self._laid = False

    def seat_bank_card(self) -> None:
        self._ask("put a bank card with a chip into the chip reader")
        self._seated = True

    def unseat_bank_card(self) -> None:
        if self._seated:
            self._ask("take the bank card out of the chip reader")
            self._seated = False

    def fingers(self) -> Sequence[str]:
        return ("your right index finger", "your left thumb")

    def touch_finger(self, name: str) -> None:
        self._ask(f"put {name} on the fingerprint reader for two seconds, lift it")

    def press_keys(self, keys: str) -> None:
        spoken = {"E": "Enter", "L": "Clear", "C": "Cancel"}
        self._ask(f"press on the keypad, one after the other: {' '.join(spoken.get(key, key) for key in keys)}")

    def write_signature(self) -> None:
        self._ask("sign in the middle of the pad's screen, when it asks for it")

    def touch_pad(self, button: str) -> None:
        self._ask(f"touch {button!r} on the pad with its pen")

    def cut_power(self) -> None:
        self._ask("switch the device off, count to three, switch it on, and wait until it is ready")


def has_terminal() -> bool:
    """Whether a person sits at the terminal of this process."""
    try:
        TERMINAL.open().close()
    except OSError:
        return False
    return True


def ask_at_terminal(request: str) -> None:
    """Show one request on the terminal and wait for Enter."""
    with TERMINAL.open("w") as screen:
        screen.write(f"\n>>> Please {request}, then press Enter: ")
    with TERMINAL.open() as keyboard:
        keyboard.readline()
