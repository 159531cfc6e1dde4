from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from padkit_sim.neighbours.core import command
from padkit_sim.neighbours.txn import Request

Ask = Callable[..., Request]
START = "from padkit_sim.neighbours.core import command; command()"


@contextmanager
def core_process(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen([sys.executable, "-c", START, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        assert ready["event"] == "ready"
        yield process, ready["url"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def post(url: str, body: object) -> dict[str, Any]:
    with urllib.request.urlopen(urllib.request.Request(url, data=msgspec.json.encode(body)), timeout=20) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=20) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def test_what_was_answered_survives_kill_9(ask: Ask, card_of: Callable[[int], str], tmp_path: Path) -> None:
    state = str(tmp_path / "core.jsonl")
    with core_process("--state", state) as (process, url):
        opened = post(f"{url}/txn", ask("CARD.OPEN"))
        post(f"{url}/txn", ask("TXN.INQUIRY", "S2", orig_channel_serial="S2", fence=True))
        post(f"{url}/txn", ask("CARD.BLOCK", "B1", card_no=card_of(9), reason="missing"))
        before = get(f"{url}/audit")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with core_process("--state", state) as (_, url):
        assert get(f"{url}/audit") == before
        assert post(f"{url}/txn", ask("CARD.OPEN")) == opened
        assert post(f"{url}/txn", ask("CARD.OPEN", "S2", card_no=card_of(2)))["resp_code"] == "4091"
        assert post(f"{url}/txn", ask("CARD.OPEN", "S3", card_no=card_of(9)))["resp_code"] == "1302"


def test_a_line_torn_by_the_kill_is_forgotten(ask: Ask, tmp_path: Path) -> None:
    state = tmp_path / "core.jsonl"
    with core_process("--state", str(state)) as (process, url):
        post(f"{url}/txn", ask("CARD.OPEN"))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    os.truncate(state, state.stat().st_size - 7)
    with core_process("--state", str(state)) as (_, url):
        assert get(f"{url}/audit")["accounts"] == []
        assert post(f"{url}/txn", ask("CARD.OPEN"))["resp_code"] == "0000"


def test_sigterm_ends_it_cleanly_though_a_slow_answer_is_under_way(ask: Ask) -> None:
    with core_process() as (process, url):
        post(f"{url}/control", {"do": "fault", "name": "core.slow", "args": {"seconds": 600}})
        slow = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
        slow.request("POST", "/txn", body=msgspec.json.encode(ask("CARD.OPEN")))
        while not get(f"{url}/audit")["accounts"]:
            continue
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        slow.close()


def test_the_class_one_limit_is_an_option(ask: Ask, card_of: Callable[[int], str]) -> None:
    with core_process("--class1-max", "1") as (_, url):
        post(f"{url}/txn", ask("CARD.OPEN"))
        assert post(f"{url}/txn", ask("CARD.OPEN", "S2", card_no=card_of(2)))["resp_code"] == "1101"


def test_a_broken_state_file_is_told_with_its_line(tmp_path: Path) -> None:
    state = tmp_path / "core.jsonl"
    state.write_bytes(b"garbage\n")
    result = CliRunner().invoke(command, ["--state", str(state)])
    assert result.exit_code == 1
    assert "core.jsonl line 1" in result.output


def test_a_taken_port_is_told() -> None:
    with core_process() as (_, url):
        result = CliRunner().invoke(command, ["--port", url.rpartition(":")[2]])
    assert result.exit_code == 1
    assert "choose another --port" in result.output
