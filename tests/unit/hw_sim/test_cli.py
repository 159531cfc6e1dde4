"""The command line."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import pytest
from click.testing import CliRunner

from padkit_sim.cli import main

PADKIT_SIM = [sys.executable, "-c", "from padkit_sim.cli import main; main()"]


@pytest.fixture
def cli():
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
async def standing():
    """A kit in its own process, and its control socket."""
    child = await asyncio.create_subprocess_exec(*PADKIT_SIM, "serve", "demo", stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    ready = json.loads(await child.stdout.readline())
    assert ready["event"] == "ready"
    yield ready["env"]["PADKIT_SIM_CONTROL"]
    child.send_signal(signal.SIGTERM)
    assert await child.wait() == 0


def test_help_names_every_command(cli):
    shown = cli("--help").output
    assert all(name in shown for name in ("compare", "core", "ctl", "kits", "run", "serve"))


@pytest.mark.parametrize("name", ["compare", "core", "ctl", "kits", "run", "serve"])
def test_every_command_has_its_help(cli, name):
    result = cli(name, "--help")
    assert result.exit_code == 0
    assert "--help" in result.output


def test_the_shipped_kits_are_listed(cli):
    assert "demo" in cli("kits").output
    assert json.loads(cli("kits", "--json").output)["demo"].endswith("demo.toml")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("run", "nope", "--", "true"), "kit 'nope' is neither a file nor shipped"),
        (("serve", "nope"), "kit 'nope' is neither a file nor shipped"),
        (("serve", "demo", "--usbip", "3240"), "give for example 127.0.0.1:3240"),
        (("serve", "demo", "--pcap", "/no/such/folder/usb.pcap"), "give a file that can be written"),
        (("ctl", "state", "--control", "/no/such"), "start a kit with"),
        (("ctl", "fly", "--control", "/no/such"), "verbs are state"),
        (("ctl", "state", "x", "--control", "/no/such"), "'x' is not k=v; write for example device=box"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(cli, words, problem):
    result = cli(*words)
    assert result.exit_code == 2
    assert problem in result.output


async def test_a_standing_kit_is_steered_by_ctl(standing, cli):
    def ctl(*words):
        return cli("ctl", *words, "--control", standing)

    shown = await asyncio.to_thread(ctl, "state", "--json")
    assert json.loads(shown.output)["devices"]["box"]["hopper"] == 40
    shown = await asyncio.to_thread(ctl, "fault", "name=box.jam", "at=present")
    assert (shown.exit_code, json.loads(shown.output)) == (0, {"ok": True, "index": 1})
    refused = await asyncio.to_thread(ctl, "fault", "name=box.jam", "at=moon")
    assert refused.exit_code == 1
    assert "argument at is 'moon'" in json.loads(refused.output)["error"]


async def test_run_gives_a_command_a_kit_and_its_exit_code():
    script = "import os,sys;sys.exit(9 if os.environ['PADKIT_SIM_CONTROL'] else 1)"
    child = await asyncio.create_subprocess_exec(
        *PADKIT_SIM, "run", "demo", "--speed", "20", "--", sys.executable, "-c", script
    )
    assert await child.wait() == 9
