"""The commands of the queue: what waits, and dealing with what central refused."""

from __future__ import annotations

import json

import pytest

from .test_cli import LittleAgent, Run
from .test_cli import agent as agent
from .test_cli import run as run

ITEM = {
    "id": "message:e1",
    "kind": "message",
    "business": "card.ledger",
    "flow": "F1",
    "at": "2026-11-22T08:00:00Z",
    "age_s": 7300,
    "size": 10,
    "why": "refused",
    "code": "field.unknown",
    "next": "mend it",
    "tries": 1,
    "ahead": 0,
    "attention": True,
    "can": ["retry", "hand_over"],
}
QUOTA = {"name": "messages", "used": 200, "limit": 200, "level": "full"}
QUEUE = {"state": {"load": {}, "quotas": [QUOTA], "attention": 1, "frozen": "queue.messages"}, "items": [ITEM]}


@pytest.fixture
def waiting(agent: LittleAgent) -> LittleAgent:
    agent.answers["/v1/queue"] = QUEUE
    agent.answers["/v1/queue/message:e1"] = ITEM
    agent.answers["/v1/queue/message:e1/retry"] = {"taken": True}
    agent.answers["/v1/queue/message:e1/hand-over"] = {"taken": True}
    return agent


@pytest.mark.usefixtures("waiting")
def test_the_list_says_why_how_old_what_needs_a_person_and_that_nothing_new_begins(run: Run) -> None:
    result = run("queue", "list")
    for part in ("message:e1", "2 h", "refused", "field.unknown", "yes", "200 of 200", "full"):
        assert part in result.stdout
    assert "queue.messages" in result.stderr
    assert json.loads(run("queue", "list", "--json").stdout) == QUEUE


@pytest.mark.usefixtures("waiting")
def test_an_item_is_shown_with_what_to_do(run: Run) -> None:
    assert "mend it" in run("queue", "show", "message:e1").stdout
    assert json.loads(run("queue", "show", "message:e1", "--json").stdout) == ITEM


@pytest.mark.parametrize("how", ["retry", "hand-over"])
def test_who_deals_with_an_item_is_named(run: Run, waiting: LittleAgent, how: str) -> None:
    assert run("queue", how, "message:e1", "--by", "LI").exit_code == 0
    assert waiting.asked == [("POST", f"/v1/queue/message:e1/{how}", {"by": "LI"})]
    assert run("queue", how, "message:e1").exit_code == 2
