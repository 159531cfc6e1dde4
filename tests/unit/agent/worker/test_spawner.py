"""The spawner spoken to directly, packet by packet."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from padkit_agent import spawner as spawning
from padkit_agent.plugins.spawning import MAX_PACKET, Exited, Kill, Spawn, Spawned, pack, unpack_answer


class Spawner:
    def __init__(self, parent):
        self.control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [
            sys.executable,
            "-P",
            "-m",
            "padkit_agent.spawner",
            "--fd",
            str(far.fileno()),
            "--parent",
            str(parent),
        ]
        with far:
            self.process = subprocess.Popen(command, pass_fds=[far.fileno()], stderr=subprocess.PIPE)

    def spawn(self, number):
        """Fork a worker; returns its answer and the channel's near end."""
        near, far = socket.socketpair()
        output = os.open(os.devnull, os.O_WRONLY)
        with far:
            socket.send_fds(self.control, [pack(Spawn(number, 96, 16))], [far.fileno(), output])
        os.close(output)
        return self.answer(), near

    def answer(self):
        return unpack_answer(self.control.recv(MAX_PACKET))

    def end(self):
        """Let go of it; returns how it ended and what it complained of."""
        self.control.close()
        if not self.process.stderr.closed:
            self.errors = self.process.communicate(timeout=10)[1]
        return self.process.returncode, self.errors


@pytest.fixture
def spawner():
    spawner = Spawner(os.getpid())
    yield spawner
    spawner.end()


def test_each_worker_is_told_by_its_number_and_pid(spawner):
    answers = [spawner.spawn(number) for number in (1, 2)]
    assert [type(answer) for answer, _ in answers] == [Spawned, Spawned]
    assert [answer.id for answer, _ in answers] == [1, 2]
    assert len({answer.pid for answer, _ in answers}) == 2
    for _, near in answers:
        near.close()
    assert {spawner.answer().id for _ in answers} == {1, 2}


def test_a_killed_worker_is_reported_with_its_signal(spawner):
    _, near = spawner.spawn(7)
    spawner.control.send(pack(Kill(7)))
    assert spawner.answer() == Exited(7, -9)
    near.close()


def test_a_kill_for_nobody_is_nothing(spawner):
    spawner.control.send(pack(Kill(99)))
    answer, near = spawner.spawn(1)
    assert answer.id == 1
    near.close()


def test_the_spawner_ends_when_the_core_closes_its_socket(spawner):
    assert spawner.end() == (0, b"")


def test_nonsense_ends_the_spawner_with_its_workers(spawner):
    _, near = spawner.spawn(1)
    spawner.control.send(b"\xc1 what")
    assert near.recv(1) == b""
    status, errors = spawner.end()
    assert status != 0
    assert b"BadFrame: spawner request refused" in errors
    near.close()


def test_a_spawner_that_comes_too_late_for_its_parent_ends_itself():
    assert Spawner(parent=1).end() == (0, b"")


def test_a_fork_that_fails_is_a_worker_that_exited(monkeypatch):
    def refuse():
        raise BlockingIOError

    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(os, "fork", refuse)
    with near, far:
        spawning.Spawner(far, (), lambda option, value: 0).spawn(Spawn(5, 96, 16), -1, -1)
        assert unpack_answer(near.recv(MAX_PACKET)) == Exited(5, os.EX_OSERR)
