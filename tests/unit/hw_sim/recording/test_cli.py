"""The command `padkit-sim record`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tty

import pytest
from click.testing import CliRunner

from padkit_sim.cli import main

PADKIT_SIM = [sys.executable, "-c", "from padkit_sim.cli import main; main()"]
ASKED = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")
ANSWER = bytes.fromhex("F2 00 00 05 4E 31 30 42 30 03 C9")


@pytest.fixture
def port():
    """Both ends of a line: the device's, and the path that a program would open."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def record(folder, kind, device, *options, typed=""):
    words = [
        "record",
        kind,
        "--device",
        str(device),
        "--link",
        str(folder / "link"),
        "--out",
        str(folder / "out"),
        *options,
    ]
    return CliRunner().invoke(main, words, input=typed)


async def test_what_passes_is_forwarded_both_ways_and_written_down(tmp_path, port):
    device, path = port
    link, out = tmp_path / "link", tmp_path / "out.jsonl"
    words = ["record", "card_dispenser", "--device", path, "--link", str(link), "--out", str(out)]
    child = await asyncio.create_subprocess_exec(*PADKIT_SIM, *words, stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    assert json.loads(await child.stdout.readline()) == {"event": "ready", "link": str(link)}
    program = os.open(link, os.O_RDWR | os.O_NOCTTY)
    os.write(program, ASKED)
    assert await asyncio.to_thread(os.read, device, 100) == ASKED
    os.write(device, ANSWER)
    assert await asyncio.to_thread(os.read, program, 100) == ANSWER
    os.close(program)
    child.send_signal(signal.SIGTERM)
    assert await child.wait() == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(it["dir"], it["hex"]) for it in lines if it["hex"]] == [
        ("in", ASKED.hex(" ").upper()),
        ("out", ANSWER.hex(" ").upper()),
    ]
    assert lines[0]["note"].startswith("recording of card_dispenser (simulated line): pty")
    assert not link.is_symlink()
    assert out.stat().st_mode & 0o077 == 0


def test_a_type_without_rules_is_refused(tmp_path, port):
    result = record(tmp_path, "toaster", port[1])
    assert result.exit_code == 2
    assert (
        "no scrubbing rules for 'toaster', there are for card_dispenser, fingerprint_r30x, identity_reader"
        in result.output
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("typed", ["", "yes\n", "write everything\n"])
def test_raw_is_refused_until_it_is_confirmed_in_words(tmp_path, port, typed):
    result = record(tmp_path, "toaster", port[1], "--raw", typed=typed)
    assert result.exit_code != 0
    assert not (tmp_path / "out").exists()


def test_a_port_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert "is no serial port" in record(tmp_path, "card_dispenser", tmp_path / "file").output
    assert "No such file" in record(tmp_path, "card_dispenser", tmp_path / "none").output


def test_a_link_that_is_taken_is_refused(tmp_path, port):
    (tmp_path / "link").touch()
    result = record(tmp_path, "card_dispenser", port[1])
    assert result.exit_code == 2
    assert "give a path that is free" in result.output
    assert (tmp_path / "link").exists()
