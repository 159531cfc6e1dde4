"""A bank card that plays answers by command, and a chip port around it. The number is a test number."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from padkit_sdk.pboc import Terminal
from padkit_sdk.ports import AnswerToReset, CardProtocol

VECTORS = Path(__file__).parents[4] / "vectors" / "pboc"
ANSWERS = tomllib.loads((VECTORS / "answers.toml").read_text())
DEBIT = "A000000333010101"


def hexed(text: str) -> str:
    return text.replace(" ", "").upper()


class ScriptedCard:
    """Answers each command as told; what it was not told is not found."""

    def __init__(self):
        self.answers: dict[str, str] = {}
        self.commands: list[str] = []

    def says(self, command: str, answer: str) -> ScriptedCard:
        """Script the answer, data and status in hex, to a command given in hex (its beginning is enough)."""
        self.answers[hexed(command)] = hexed(answer)
        return self

    def hush(self, command: str) -> ScriptedCard:
        """Forget the answer to `command`."""
        del self.answers[hexed(command)]
        return self

    def answer(self, command: bytes) -> bytes:
        asked = command.hex().upper()
        self.commands.append(asked)
        told = max((key for key in self.answers if asked.startswith(key)), key=len, default="")
        return bytes.fromhex(self.answers[told] if told else "6A82")


class ScriptedChip:
    """The port `ChipCard` around a card. `faults` maps the n-th call of transmit, from 1, to an error to raise."""

    def __init__(self, card: ScriptedCard):
        self.card = card
        self.calls: list[str] = []
        self.faults: dict[int, BaseException] = {}
        self.power_faults: dict[int, BaseException] = {}
        self.off_faults: dict[int, BaseException] = {}
        self.transmit_s = 0.0
        self.now_s = 50.0
        self.limits_s: list[float] = []

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        self.calls.append("on")
        self._fail(self.power_faults, "on")
        return AnswerToReset(CardProtocol.T0, b"\x3b\x00")

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        self.calls.append("apdu")
        self.limits_s.append(timeout_s)
        self.now_s += self.transmit_s
        self._fail(self.faults, "apdu")
        return self.card.answer(command)

    async def power_off(self, *, timeout_s: float) -> None:
        self.calls.append("off")
        self._fail(self.off_faults, "off")

    def _fail(self, faults: dict[int, BaseException], call: str) -> None:
        error = faults.get(self.calls.count(call))
        if error is not None:
            raise error


def play(dialogue, card: ScriptedCard):
    """Lead a dialogue with `card` to its end."""
    command = next(dialogue)
    while True:
        try:
            command = dialogue.send(card.answer(command))
        except StopIteration as done:
            return done.value


@pytest.fixture
def converse():
    return play


@pytest.fixture
def answers() -> dict:
    return ANSWERS


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(date(2026, 3, 7), bytes.fromhex("01020304"))


def tlv(tag: str, *content: str) -> str:
    """One short data object in hex, its length counted."""
    value = hexed("".join(content))
    return f"{tag}{len(value) // 2:02X}{value}"


@pytest.fixture
def build():
    """Build a data object in hex from its tag and what is inside."""
    return tlv


@pytest.fixture
def card() -> ScriptedCard:
    """A debit card with PSE, options in format 80, records 1 and 2 of file 2 and record 1 of file 3."""
    number, track2 = ANSWERS["card"]["tag_5a"], ANSWERS["card"]["tag_57"]
    return (
        ScriptedCard()
        .says("00A404000E 315041592E5359532E4444463031", ANSWERS["pse"]["fci"] + "9000")
        .says("00B2010C", ANSWERS["directory"]["record"] + "9000")
        .says("00B2020C", "6A83")
        .says(f"00A4040008 {DEBIT}", ANSWERS["application"]["fci"] + "9000")
        .says("80A80000", tlv("80", "7C00", "10010200", "18010101") + "9000")
        .says("00B20114", tlv("70", tlv("57", track2)) + "9000")
        .says("00B20214", tlv("70", tlv("5A", number), tlv("5F34", "01")) + "9000")
        .says("00B2011C", tlv("70", tlv("5F24", "301231"), tlv("9F63", "313233")) + "9000")
    )


@pytest.fixture
def chip(card) -> ScriptedChip:
    return ScriptedChip(card)
