"""The command line against a kit's API on its real unix socket, and without one."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import pytest
from aiohttp import web

from padkit_agent.cli import main

from .config.test_settings import GOOD

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = tmp_path / "agent.toml"
    config.write_text(GOOD)

    def invoke(*arguments: str, typed: str = "") -> click.testing.Result:
        return click.testing.CliRunner().invoke(main, [*arguments, "--config", str(config)], input=typed)

    return invoke


class LittleAgent:
    """Answers each route with what a test put there, in a thread of its own; remembers what was asked."""

    def __init__(self, socket: Path) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, str, object]] = []
        self._socket = socket
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        self._ready.wait(10)

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.UnixSite(runner, str(self._socket)).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.asked.append((request.method, request.path_qs, json.loads(body) if body else None))
        return web.json_response(self.answers[request.path])

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[LittleAgent]:
    little = LittleAgent(tmp_path / "agent.sock")
    yield little
    little.close()


def test_help_names_every_command() -> None:
    result = click.testing.CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for command in ("run", "status", "device", "flow", "case", "ledger", "crypto"):
        assert command in result.output


def test_without_an_agent_it_says_so_in_one_line(run: Run) -> None:
    result = run("status")
    assert result.exit_code == 1
    assert "is it running?" in result.output
    assert "Traceback" not in result.output


def test_a_wrong_settings_file_is_refused_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(GOOD.replace('id = "KIT-0001"', 'id = "KIT-0001"\ncolour = "red"'))
    result = click.testing.CliRunner().invoke(main, ["status", "--config", str(config)])
    assert result.exit_code == 1
    assert "line 3" in result.output


def test_status_is_readable_and_as_json(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/status"] = {"kit": "KIT-1", "devices": [{"name": "box", "state": "ready"}], "unsent": 0}
    assert "devices      box ready" in run("status").output
    assert json.loads(run("status", "--json").output)["kit"] == "KIT-1"


def test_flows_are_a_table(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/flows"] = {
        "flows": [{"id": "F1", "business": "ACC-01", "phase": "CARD_STAGED", "last4": "0016"}]
    }
    output = run("flow", "list", "--all").output.splitlines()
    assert output[0].split()[:3] == ["id", "business", "phase"]
    assert output[1].split() == ["F1", "ACC-01", "CARD_STAGED", "0016"]
    assert agent.asked[0][1] == "/v1/flows?all"


def test_a_flow_is_begun_answered_and_cancelled(run: Run, agent: LittleAgent, tmp_path: Path) -> None:
    form = tmp_path / "form.json"
    form.write_text('{"phone":"13800000000"}')
    agent.answers = {
        "/v1/flows": {"flow": "F1"},
        **{f"/v1/flows/F1/{verb}": {"taken": True} for verb in ("answer", "cancel", "resume")},
    }
    assert run("flow", "start", "ACC-01", "--input", str(form)).output == "F1\n"
    assert run("flow", "answer", "F1", "empty_bin", "done", "--by", "A", "--by", "B").exit_code == 0
    assert run("flow", "cancel", "F1").exit_code == 0
    assert run("flow", "resume", "F1").exit_code == 0
    assert agent.asked[:2] == [
        ("POST", "/v1/flows", {"business": "ACC-01", "inputs": {"phone": "13800000000"}}),
        ("POST", "/v1/flows/F1/answer", {"what": "empty_bin", "choice": "done", "by": ["A", "B"]}),
    ]


def test_a_refusal_is_shown_with_its_code(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/flows/F1/cancel"] = {"error": {"code": "flow.too_late", "message": "it is too late"}}
    result = run("flow", "cancel", "F1")
    assert (result.exit_code, "it is too late [flow.too_late]" in result.output) == (1, True)


@pytest.mark.parametrize("passed", [True, False])
def test_a_self_test_that_fails_is_an_exit_code(run: Run, agent: LittleAgent, passed: bool) -> None:
    check = {"name": "box.link", "passed": passed, "seen": "38400 baud"}
    agent.answers["/v1/devices/box/self-test"] = {"checks": [check]}
    result = run("device", "self-test", "box")
    assert result.exit_code == (0 if passed else 1)
    assert ("ok" if passed else "FAILED") in result.output
    result = run("device", "self-test", "box", "--json")
    assert (result.exit_code, json.loads(result.output)) == (0 if passed else 1, {"checks": [check]})


def test_a_case_is_closed_by_two(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/cases/C1/close"] = {"closed": True}
    assert run("case", "close", "C1", "--by", "A", "--by", "B", "--found", "captured").exit_code == 0
    assert agent.asked == [("POST", "/v1/cases/C1/close", {"by": ["A", "B"], "found": "captured"})]


def test_the_ledger_of_a_kit_that_never_ran_is_refused(run: Run) -> None:
    result = run("ledger")
    assert (result.exit_code, "was the agent ever started" in result.output) == (1, True)


@pytest.mark.usefixtures("libssl3")
def test_the_crypto_self_test_prints_each_example(run: Run) -> None:
    result = run("crypto", "selftest")
    assert result.exit_code == 0
    examples = [line for line in result.output.splitlines() if line.startswith("  ")]
    assert len(examples) > 5
    assert all(line.split()[0] == "ok" for line in examples)
    assert "GM/T 0003.5-2012" in result.output
    told = json.loads(run("crypto", "selftest", "--json").output)
    assert "libcrypto (OpenSSL 3" in told["in_use"]
    native, pure = told["backends"]
    assert all(it["ok"] and it["source"] for it in native["examples"])
    assert pure["examples"] == [] or told["allow_pure"]


def test_a_support_bundle_is_written_to_a_new_file_only(run: Run, agent: LittleAgent, tmp_path: Path) -> None:
    out = tmp_path / "bundle.der"
    agent.answers["/v1/support-bundle"] = {"envelope": "MABzZWFsZWQ="}
    written = run("support-bundle", str(out))
    assert (written.exit_code, "8 bytes in " in written.output) == (0, True)
    assert out.read_bytes() == b"0\0sealed"
    again = run("support-bundle", str(out))
    assert (again.exit_code, "exists; give a new file" in again.output) == (1, True)
    assert len(agent.asked) == 1


def test_a_support_bundle_that_does_not_come_leaves_no_file(run: Run, tmp_path: Path) -> None:
    assert run("support-bundle", str(tmp_path / "bundle.der")).exit_code == 1
    assert not (tmp_path / "bundle.der").exists()
    assert "give a file that can be written" in run("support-bundle", str(tmp_path / "no" / "bundle.der")).output


def test_a_challenge_is_shown_with_its_time_and_tries(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/unlock/challenge"] = {"challenge": "Y87H-000G", "left_s": 600, "tries": 5}
    assert run("unlock", "challenge").output == "Y87H-000G   good for 600 s, 5 tries\n"
    assert '"left_s": 600' in run("unlock", "challenge", "--json").output


def test_a_code_and_a_passcode_go_to_the_agent(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/unlock/code"] = agent.answers["/v1/reauthenticate"] = {"standing": {}}
    assert run("unlock", "code", "12345678", "--by", "Li").exit_code == 0
    asked = run("reauthenticate", "--by", "Li", typed="geheim\n")
    assert asked.exit_code == 0
    assert "geheim" not in asked.output  # what is typed is not shown
    assert run("reauthenticate", "--by", "Li", "--passcode", "geheim").exit_code == 2  # others read a command line
    assert [body for _, _, body in agent.asked] == [
        {"code": "12345678", "by": "Li"},
        {"by": "Li", "passcode": "geheim"},
    ]


def test_a_wipe_says_what_is_lost(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/wipe"] = {"wiped": False, "unsent": {"ACC-01": 2}, "refused": "wipe: not sent yet"}
    result = run("wipe", "--by", "A", "--by", "B", "--dry-run")
    assert (result.exit_code, "not sent to central: ACC-01 2" in result.output) == (1, True)
    agent.answers["/v1/wipe"] = {"wiped": True, "unsent": {}, "refused": ""}
    wiped = run("wipe", "--by", "A", "--by", "B", "--force", "--yes", "KIT-0001")
    assert wiped.output == "wiped; not sent to central: nothing\n"


def test_a_wipe_wants_the_kits_name(run: Run, agent: LittleAgent) -> None:
    for more in ((), ("--yes", "KIT-0002")):
        assert run("wipe", "--by", "A", "--by", "B", *more).exit_code != 0
    assert agent.asked == []


def test_an_enrolment_that_cannot_be_is_wrong_use(run: Run, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.write_bytes(b"\xf9\x00")
    plain = run("enrol", "--url", "http://127.0.0.1:1", "--code-file", str(code))
    assert (plain.exit_code, "https://HOST:PORT is wanted" in plain.output) == (2, True)
    binary = run("enrol", "--url", "https://127.0.0.1:1", "--code-file", str(code))
    assert (binary.exit_code, "code is no text" in binary.output) == (2, True)


def test_status_says_how_the_kit_stands(run: Run, agent: LittleAgent) -> None:
    agent.answers["/v1/status"] = {"devices": [], "standing": {"mode": "locked", "cause": "lease"}}
    assert "standing     mode=locked cause=lease" in run("status").output
    assert "online       not yet" in run("status").output
    agent.answers["/v1/status"] = {
        "devices": [],
        "online": True,
        "shut_out": "identity.revoked",
        "standing": {"refused": ["ACC-01"], "reauthenticate": True},
    }
    told = run("status").output
    assert "online       yes, but central does not let this kit in: identity.revoked" in told
    assert "standing     refused=ACC-01 reauthenticate=yes" in told
