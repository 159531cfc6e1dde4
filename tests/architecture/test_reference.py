"""The reference knows every word of the code: each setting, route, action, event, command, refusal, message and fault.

What fails here says which page lacks what. Names come from the code, so a new one fails until it is described.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

import msgspec
import pytest
import reference as ref

import padkit_agent.cli
import padkit_central.cli
import padkit_sim.camera
import padkit_sim.cli
import padkit_vision.evaluate.cli
from padkit_agent.config import Settings
from padkit_agent.core import actions, events
from padkit_agent.devices import DeviceState, DeviceView
from padkit_agent.devices.spawning import ENVIRONMENT
from padkit_agent.flows.feed import Progress
from padkit_agent.flows.telling import FlowView
from padkit_agent.store import CaseRow
from padkit_central.config import Config
from padkit_contract import commands, contact, messages, oids
from padkit_contract.context import Context
from padkit_contract.hsm import Secrets
from padkit_sim.control.words import VERBS
from padkit_sim.kitfile import VOCABULARY
from padkit_sim.neighbours import control
from padkit_sim.neighbours.faults import FaultName
from padkit_sim.neighbours.txn import Code, Service

CAMERA_FAULTS = {spec.name for spec in padkit_sim.camera.FAULTS}
PROGRAMS = {
    "padkit-agent": padkit_agent.cli.main,
    "padkit-central": padkit_central.cli.main,
    "padkit-sim": padkit_sim.cli.main,
    "padkit-vision": padkit_vision.evaluate.cli.main,
}
STRUCTS = {
    name: it
    for module in (messages, commands, contact)
    for name, it in vars(module).items()
    if isinstance(it, type) and issubclass(it, msgspec.Struct) and it.__module__ == module.__name__
    if not issubclass(it, commands.Order)  # these have a tag, and a row by that
}
BUSINESSES = {name: it for name, it in vars(messages).items() if name.isupper() and isinstance(it, str)}
BUSINESSES |= {
    "CONTACT": contact.CONTACT,
    "CHAIN_VOID": contact.CHAIN_VOID,
    "COMMAND": commands.COMMAND,
    "COMMAND_ACK": commands.COMMAND_ACK,
    "SUPPORT": commands.SUPPORT,
}
ENUMS = (messages.How, messages.Outcome, messages.CardState, commands.Mode, commands.Progress)
WORDS_OF_MESSAGES = {it.value for kind in ENUMS for it in kind}
KIT_FILE_CALLS = ("text", "whole", "number", "flag", "choice", "table", "tables")


def tags(union: object) -> set[str]:
    """Return the names that the journal uses."""
    return {str(it.__struct_config__.tag) for it in typing.get_args(union)}


def columns(kind: type) -> set[str]:
    """Return the fields of a dataclass."""
    return {it.name for it in dataclasses.fields(kind)}


ROOT = Path(__file__).parents[2]
KIT_FILE_READERS = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "hw_sim/padkit_sim/kitfile").glob("*.py"))]
EXPECTED: list[tuple[str, str, set[str]]] = [
    ("state of a device", "local-api.md", {it.value for it in DeviceState}),
    ("field of a view", "local-api.md", columns(DeviceView) | columns(CaseRow) | set(FlowView.__struct_fields__)),
    ("action", "flow-journal.md", tags(actions.AnyAction)),
    ("event", "flow-journal.md", tags(events.AnyEvent)),
    ("key of a progress line", "flow-journal.md", set(Progress.__struct_fields__)),
    ("answer of a look", "flow-journal.md", {it.value for it in events.Place}),
    ("variable that a worker sees", "agent-toml.md", set(ENVIRONMENT)),
    ("route of central", "messages.md", ref.routes("central/padkit_central/api/door.py")),
    ("route of the admin API", "admin-api.md", ref.routes("central/padkit_central/api/admin.py")),
    ("message or key", "messages.md", ref.fields_of(STRUCTS)),
    ("word of a message", "messages.md", WORDS_OF_MESSAGES),
    ("kind of a command", "messages.md", tags(commands.AnyOrder)),
    (
        "key of a command",
        "messages.md",
        {name for it in typing.get_args(commands.AnyOrder) for name in it.__struct_fields__},
    ),
    ("business", "messages.md", set(BUSINESSES) - {"AUTHORISER"}),
    ("key of the context", "envelope.md", set(Context.__struct_fields__)),
    ("route of the core", "core-bank.md", ref.routes("hw_sim/padkit_sim/neighbours/door.py")),
    ("route of the HSM", "hsm.md", ref.routes("hw_sim/padkit_sim/neighbours/hsm.py")),
    ("key of what the HSM opens", "hsm.md", set(Secrets.__struct_fields__)),
    ("code of the core", "core-bank.md", {it.value for it in Code}),
    ("service of the core", "core-bank.md", {it.value for it in Service}),
    ("control word of the core", "core-bank.md", tags(control.Word)),
    ("fault of the core", "core-bank.md", {it.value for it in FaultName}),
    ("verb of the control socket", "simulator-control.md", set(VERBS)),
    ("fault", "simulator-control.md", set(VOCABULARY) | {it.value for it in FaultName} | CAMERA_FAULTS),
    (
        "key of a kit file",
        "kit-file.md",
        {name for tree in ref.trees(*KIT_FILE_READERS) for name in ref.first_texts(tree, *KIT_FILE_CALLS)}
        - {"kit", "device"},
    ),
]


@pytest.mark.parametrize(("kind", "page", "names"), EXPECTED, ids=[f"{page}: {kind}" for kind, page, _ in EXPECTED])
def test_a_page_has_every_name_of_its_kind(kind: str, page: str, names: set[str]) -> None:
    assert names, f"no {kind} was found in the code; mend tests/architecture/reference.py"
    lacking = sorted(names - ref.quoted(ref.page(page)))
    assert not lacking, f"docs/reference/{page}: describe the {kind} {', '.join(f'`{it}`' for it in lacking)}"


@pytest.mark.parametrize(("page", "struct"), [("agent-toml.md", Settings), ("central-toml.md", Config)])
def test_a_settings_page_has_each_key_with_its_default_and_no_other(page: str, struct: type[msgspec.Struct]) -> None:
    expected, shown = ref.settings(struct), ref.shown_settings(ref.page(page))
    for table, keys in expected.items():
        there = shown.get(table, {})
        assert there.keys() == keys.keys(), f"docs/reference/{page}, {table}: the code has {sorted(keys)}"
        for key, default in keys.items():
            assert there[key].startswith(default), f"docs/reference/{page}, {table} {key}: the default is {default}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_command_has_a_row_with_its_options(program: str) -> None:
    rows = ref.page("commands.md").splitlines()
    for path, command in ref.commands(PROGRAMS[program], program):
        row = next((it for it in rows if re.match(rf"\| `{re.escape(path)}[ `]", it)), "")
        lacking = {option for option in ref.options(command) if f"`{option}" not in row}
        assert row, f"docs/reference/commands.md: add a row that begins with | `{path}"
        assert not lacking, f"docs/reference/commands.md, {path}: name {', '.join(sorted(lacking))}"


def test_each_question_has_a_row_with_its_choices() -> None:
    page = ref.page("flow-journal.md")
    for what, choices in ref.questions("agent/padkit_agent/core").items():
        row = f"| `{what}` | {', '.join(f'`{it}`' for it in choices)} |"
        assert row in page, f"docs/reference/flow-journal.md, Questions: add a row that begins with {row}"


def test_each_refusal_note_and_log_event_is_described() -> None:
    spoken = ref.dotted_names("agent/padkit_agent", "central/contract/padkit_contract", "central/padkit_central")
    lacking = sorted(spoken - ref.quoted_anywhere())
    assert not lacking, (
        f"describe {', '.join(f'`{it}`' for it in lacking)}: refusals of the agent in docs/reference/errors.md, "
        "of contract and central in refusals.md, notes of flows in flow-journal.md, log events in log-events.md"
    )


def test_each_object_identifier_is_shown_with_its_number() -> None:
    page = ref.page("envelope.md")
    for name, it in vars(oids).items():
        if isinstance(it, oids.ObjectIdentifier):
            row = f"| `{name}` | {it.dotted_string} |"
            assert row in page, f"docs/reference/envelope.md, Object identifiers: add {row}"


def test_each_business_is_shown_with_its_id() -> None:
    page = ref.quoted(ref.page("messages.md"))
    lacking = sorted(
        it for name, it in BUSINESSES.items() if name not in ("AUTHORISER", "C3_SUFFIX") and it not in page
    )
    assert not lacking, f"docs/reference/messages.md, Businesses: add {', '.join(lacking)}"


def test_the_simulators_own_page_has_each_of_its_faults() -> None:
    readme = ref.quoted((ref.ROOT / "hw_sim" / "README.md").read_text(encoding="utf-8"))
    lacking = sorted((VOCABULARY.keys() | CAMERA_FAULTS) - readme)
    assert not lacking, f"hw_sim/README.md, Faults: describe {', '.join(lacking)}"
