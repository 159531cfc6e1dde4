"""The commands of the page: an address to open, and what the page talks to."""

from __future__ import annotations

import json
from pathlib import Path

import click.testing
import pytest

from padkit_agent.api.openapi import description
from padkit_agent.cli import main

from .test_cli import LittleAgent
from .test_cli import agent as agent
from .test_cli import run as run

DESCRIBED = json.loads(json.dumps(description()))
URL = "http://127.0.0.1:8470/#launch=TEST-ONLY"


@pytest.fixture
def launching(agent: LittleAgent) -> LittleAgent:
    agent.answers["/v1/page/launch"] = {"url": URL, "left_s": 60}
    return agent


def test_page_prints_the_address_alone(launching: LittleAgent, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue("run")("page")
    assert (result.exit_code, result.stdout, result.stderr) == (0, URL + "\n", "good once, for 60 s\n")
    assert launching.asked == [("POST", "/v1/page/launch", None)]


@pytest.mark.usefixtures("launching")
def test_page_is_json_for_programs(request: pytest.FixtureRequest) -> None:
    assert json.loads(request.getfixturevalue("run")("page", "--json").stdout) == {"url": URL, "left_s": 60}


def test_openapi_needs_neither_settings_nor_an_agent(tmp_path: Path) -> None:
    runner = click.testing.CliRunner()
    assert json.loads(runner.invoke(main, ["openapi"]).stdout) == DESCRIBED
    out = tmp_path / "api.json"
    assert runner.invoke(main, ["openapi", "--out", str(out)]).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == DESCRIBED


def test_openapi_says_where_it_cannot_write(tmp_path: Path) -> None:
    result = click.testing.CliRunner().invoke(main, ["openapi", "--out", str(tmp_path / "no" / "api.json")])
    assert result.exit_code == 1
    assert "give a file that can be written" in result.output
