from __future__ import annotations

import datetime as dt

import pytest

from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.control import (
    ArmFault,
    ClearFaults,
    ControlRefused,
    ListFaults,
    NewState,
    SetDay,
    SetRule,
    Tamper,
    Word,
    arm,
    fault_lines,
    parse_word,
    tampering,
)
from padkit_sim.neighbours.faults import FaultArgs, FaultName, Faults


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (
            b'{"do":"fault","name":"core.slow","nth":2,"args":{"seconds":3}}',
            ArmFault(FaultName.SLOW, nth=2, args=FaultArgs(seconds=3.0)),
        ),
        (b'{"do":"fault","name":"core.drop_reply"}', ArmFault(FaultName.DROP_REPLY)),
        (b'{"do":"clear"}', ClearFaults()),
        (b'{"do":"clear","name":"core.refuse"}', ClearFaults(FaultName.REFUSE)),
        (b'{"do":"faults"}', ListFaults()),
        (b'{"do":"day","date":"2026-11-23"}', SetDay(dt.date(2026, 11, 23))),
        (b'{"do":"day","date":null}', SetDay(None)),
        (b'{"do":"rule","class1_max_per_entity":1}', SetRule(1)),
        (
            b'{"do":"tamper","card_no":"6200000000000000000","state":"none"}',
            Tamper("6200000000000000000", NewState.NONE),
        ),
    ],
)
def test_every_word_is_understood(raw: bytes, word: Word) -> None:
    assert parse_word(raw) == word


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 9_000,
        b'{"do":"dance"}',
        b'{"do":"clear","more":1}',
        b'{"do":"fault","name":"core.melt"}',
        b'{"do":"fault","name":"core.slow","nth":0}',
        b'{"do":"fault","name":"core.slow","args":{"seconds":-1}}',
        b'{"do":"fault","name":"core.slow","args":{"minutes":1}}',
        b'{"do":"day","date":"tomorrow"}',
    ],
)
def test_what_is_no_word_is_refused_and_the_words_are_named(raw: bytes) -> None:
    with pytest.raises(ControlRefused, match="say one of fault, clear"):
        parse_word(raw)


def test_a_wrong_code_is_refused_in_the_same_way() -> None:
    with pytest.raises(ControlRefused, match="is no refusal"):
        arm(Faults(), ArmFault(FaultName.REFUSE, args=FaultArgs(code="0000")))


def test_an_account_that_is_not_there_cannot_be_tampered_with() -> None:
    word = Tamper("6200000000000000000", NewState.LIVE)
    with pytest.raises(ControlRefused, match="ending 0000"):
        tampering(Books(), word)
    assert "6200000000000000000" not in repr(word)


def test_armed_faults_are_listed_with_their_counts() -> None:
    faults = Faults()
    arm(faults, ArmFault(FaultName.SLOW, args=FaultArgs(seconds=1.0)))
    faults.meet("CARD.OPEN")
    line = fault_lines(faults)[0]
    assert (line["name"], line["nth"], line["times"], line["met"], line["fired"]) == ("core.slow", 1, 1, 1, 1)
