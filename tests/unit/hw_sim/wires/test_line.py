"""Every line fault, seen from the client's end, and gone after it fired."""

from __future__ import annotations

import random

import pytest

from padkit_sim.devices.device import Piece, PieceKind
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.wires import FAULTS, NAMES, Burst, Line, Pull

ACK = Piece(PieceKind.ACK, b"\x06")
EOT = Piece(PieceKind.CONTROL, b"\x04")
FRAME = Piece(PieceKind.FRAME, b"\xf2answer\x55")
GOOD = [Burst(ACK.data), Burst(FRAME.data)]


class Bench:
    def __init__(self):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"box": NAMES}, seed=1)
        self.line = Line(self.book.dial("box"), random.Random(1))

    def arm(self, name, *, nth=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth))

    def say(self):
        return self.line.outgoing([ACK]) + self.line.outgoing([FRAME])


@pytest.fixture
def bench():
    return Bench()


def test_without_faults_everything_arrives_as_said(bench):
    assert bench.say() == GOOD
    assert bench.line.outgoing([EOT]) == [Burst(EOT.data)]


@pytest.mark.parametrize(
    ("name", "args", "arrives"),
    [
        ("link.drop_ack", {}, [Burst(FRAME.data)]),
        ("link.drop_frame", {}, [Burst(ACK.data)]),
        ("link.flip_bcc", {}, [Burst(ACK.data), Burst(b"\xf2answer\x54")]),
        ("link.delay", {"seconds": 0.5}, [Burst(ACK.data), Burst(FRAME.data, 0.5)]),
        ("link.delay", {"piece": "ack"}, [Burst(ACK.data, 0.4), Burst(FRAME.data)]),
        ("link.merge", {}, [Burst(ACK.data + FRAME.data)]),
        ("link.truncate", {"keep": 3}, [Burst(ACK.data), Burst(b"\xf2an")]),
        ("link.truncate", {"keep": 0}, [Burst(ACK.data)]),
        ("link.repeat", {}, [Burst(ACK.data), Burst(FRAME.data * 2)]),
        ("link.split", {"size": 3}, [Burst(ACK.data), Burst(b"\xf2an"), Burst(b"swe"), Burst(b"r\x55")]),
        ("link.split", {"size": 6, "gap_s": 0.1}, [Burst(ACK.data), Burst(b"\xf2answe"), Burst(b"r\x55", 0.1)]),
        ("link.drop", {}, [Burst(ACK.data), Burst(b"", pull=Pull())]),
        ("device.swapped", {"serial": "X-2"}, [Burst(ACK.data), Burst(b"", pull=Pull(0.5, "X-2"))]),
        ("link.drop", {"at": "ack", "replug_s": 2.0}, [*GOOD[:1], Burst(b"", pull=Pull(2.0)), *GOOD[1:]]),
    ],
)
def test_each_fault_does_to_the_line_what_it_says_and_only_once(bench, name, args, arrives):
    bench.arm(name, **args)
    assert bench.say() == arrives
    assert bench.say() == GOOD
    assert [firing.name for firing in bench.book.firings()] == [name]


def test_noise_comes_before_its_piece_and_is_the_same_for_the_same_dice(bench):
    other = Bench()
    for one in (bench, other):
        one.arm("link.noise", count=4)
    heard = bench.say()
    assert heard == other.say()
    assert heard[1].data.endswith(FRAME.data)
    assert len(heard[1].data) == len(FRAME.data) + 4
    assert bench.say() == GOOD


def test_noise_may_come_before_an_ack(bench):
    bench.arm("link.noise", piece="ack", count=1)
    assert len(bench.say()[0].data) == 2


def test_a_stalled_line_says_nothing_until_it_is_cleared(bench):
    bench.arm("link.stall", nth=2)
    assert bench.say() == GOOD[:1]
    assert bench.say() == []
    bench.book.clear("link.stall")
    assert bench.say() == GOOD


def test_the_nth_answer_is_counted(bench):
    bench.arm("link.flip_bcc", nth=2)
    assert bench.say() == GOOD
    assert bench.say() != GOOD
    assert bench.say() == GOOD


def test_an_ack_lost_while_the_cable_comes_out(bench):
    bench.arm("link.drop", at="ack")
    bench.arm("link.drop_ack")
    assert bench.line.outgoing([ACK]) == [Burst(b"", pull=Pull())]


def test_an_ack_held_back_while_the_cable_comes_out_never_arrives(bench):
    bench.arm("link.drop", at="ack")
    bench.arm("link.merge")
    assert bench.line.outgoing([ACK]) == [Burst(b"", pull=Pull())]
