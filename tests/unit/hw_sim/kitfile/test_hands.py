"""What a person can do is described by the device's type, all of it and nothing else."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.hands import Field
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook
from padkit_sim.kitfile.table import Source, Table
from padkit_sim.kitfile.types import TYPES

AT = Moment(0.0, 0.0)


def made(name):
    kind = TYPES[name]
    dial = FaultBook({}, {"it": frozenset()}, 0).dial("it")
    return kind.make(kind.read(Table(Source("test", {}), (), {})), dial)


def accepted(device) -> set[str]:
    """The words of the `case` lines in the device's own `hand`, or the keys of the table that it looks them up in."""
    source = Path(inspect.getfile(type(device))).read_text(encoding="utf-8")
    (hand,) = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "hand"]
    found = set()
    for node in ast.walk(hand):
        if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant):
            found.add(node.value.value)
    return found


@pytest.mark.parametrize("name", TYPES)
def test_no_action_is_accepted_that_is_not_described(name):
    assert accepted(made(name)) <= {hand.action for hand in TYPES[name].hands}


@pytest.mark.parametrize(("name", "action"), [(name, hand.action) for name in TYPES for hand in TYPES[name].hands])
def test_every_described_action_is_known_to_the_device(name, action):
    try:
        made(name).hand(HandAction(action), AT)
    except SimRefused as refused:
        assert "nobody can" not in str(refused)  # impossible now, perhaps, but known


@pytest.mark.parametrize("name", TYPES)
def test_an_action_that_nobody_knows_is_refused_with_those_that_are(name):
    with pytest.raises(SimRefused) as refused:
        made(name).hand(HandAction("fly"), AT)
    assert all(hand.action in str(refused.value) for hand in TYPES[name].hands)


@pytest.mark.parametrize("name", TYPES)
def test_lists_that_choices_are_in_are_lists_of_the_state(name):
    device = made(name)
    for hand in TYPES[name].hands:
        assert hand.does
        assert len({field.name for field in hand.fields}) == len(hand.fields)
        for field in hand.fields:
            assert field.name in set(Field)
            if field.choices_in:
                assert isinstance(getattr(device.state(AT), field.choices_in), tuple | list)
