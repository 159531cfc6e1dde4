"""The reference pages say what the code says: every hook, error, manifest key, setting, event, option and promise."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from importlib.metadata import entry_points
from pathlib import Path

import msgspec
import pytest

from padkit_sdk import DriverOffer, hookspecs
from padkit_sdk.conformance.hands import NoHands, Power
from padkit_sdk.conformance.person import PersonHands
from padkit_sdk.conformance.promise import PROMISES
from padkit_sdk.errors import PadkitError
from padkit_sdk.hookspecs import PROJECT, plugin_manager
from padkit_sdk.links import LINK_KINDS, ByteLink, DriverContext
from padkit_sdk.manifest import Limits, Manifest
from padkit_sdk.ports import PORTS, Capability, Device

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
KIT = ROOT / "agent" / "sdk" / "padkit_sdk" / "conformance"
SDK = ROOT / "agent" / "sdk" / "padkit_sdk"
DRIVERS = (ROOT / "plugins", SDK / "pboc", SDK / "bridge")
SOURCES = (ROOT / "agent", ROOT / "plugins")
RAISERS = {"Refused", "DeviceFault", "AskAgain", "Meaning", "Problem", "_refused"}
SAYERS = {"DeviceEvent": "events", "tell": "events", "Check": "checks", "_check": "checks"}
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
FAULT = re.compile(r"(?:box|chip|idcard|reader|apdu|setting|finger|template|pin|bridge)\.[a-z_]+")
QUOTED = re.compile(r"``([a-z_]+\.[a-z_]+)``")
BUILT = {  # put together from parts where they are raised
    *("manifest.ports", "manifest.links", "manifest.isolation"),
    *("queue.messages", "queue.packages", "queue.bytes", "queue.age"),
}
DECIDED = {
    "unlock.wait",
    "holder.wait",
    "wipe.unlocked",
    "wipe.finishing",
    "wipe.unsent",
}  # given to whoever raises them
TABLED_CHECKS = {"reader.module", "reader.number"}  # made in a loop over a table
ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NOT_OURS = {".venv", ".venv-models", "node_modules", "site", ".git", ".run", "dist"}


def page(name):
    return (REFERENCE / name).read_text(encoding="utf-8")


def rows(name, header):
    """The rows below the table header that begins with these cells, as lists of cells."""
    text = page(name)
    start = text.index(f"| {header}")
    table = text[start:].split("\n\n", 1)[0]
    return [[cell.strip() for cell in row.split(" | ")] for row in ROW.findall(table)[1:]]


def codes(cell):
    return CODE.findall(cell)


def first_codes(name, header):
    return [code for row in rows(name, header) for code in codes(row[0])]


def python_files(*folders):
    return [path for folder in folders for path in folder.rglob("*.py") if not NOT_OURS & set(path.parts)]


def calls(path):
    """Each call with a dotted name as an argument: who is called, and that name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in node.args:
                if isinstance(argument, ast.Constant) and NAME.fullmatch(str(argument.value)):
                    yield called, argument.value


def constants(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def said(kind):
    found = {name for path in python_files(*SOURCES) for called, name in calls(path) if SAYERS.get(called) == kind}
    return found | (TABLED_CHECKS if kind == "checks" else set())


def raised():
    """Every stable name of an error: where it is raised, in the drivers' tables, and in the ports' promises."""
    names = {name for path in python_files(*SOURCES) for called, name in calls(path) if called in RAISERS}
    ours = said("events") | said("checks")
    for path in python_files(*DRIVERS):
        names |= {text for text in constants(path) if FAULT.fullmatch(text)} - ours
    for path in python_files(ROOT / "agent" / "sdk" / "padkit_sdk" / "ports"):
        promised = {name for text in constants(path) for name in QUOTED.findall(text)}
        names |= {name for name in promised if FAULT.fullmatch(name)}
    return names | BUILT | DECIDED


def documented_errors():
    tables = page("errors.md").split("## Card box", 1)[1]
    return {code for row in ROW.findall(tables) for code in codes(row.split(" | ")[0]) if NAME.fullmatch(code)}


def offers():
    manager = plugin_manager()
    for entry in entry_points(group="padkit.plugins"):
        manager.register(entry.load(), name=entry.name)
    by_plugin = {manager.get_name(plugin): plugin.padkit_drivers() for plugin in manager.get_plugins()}
    return [(name, offer) for name, answer in by_plugin.items() for offer in answer]


def test_every_hook_is_described():
    hooks = {name for name, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec")}
    assert set(first_codes("sdk.md", "Hook |")) == hooks


@pytest.mark.parametrize(
    ("shown", "kind"),
    [("\n`DriverOffer`", DriverOffer), ("\n`DriverContext`", DriverContext)],
    ids=["offer", "context"],
)
def test_every_field_that_a_plugin_gives_or_gets_is_described(shown, kind):
    table = page("sdk.md").split(shown, 1)[1].split("\n\n")[1]
    described = [codes(row.split(" | ")[0])[0] for row in ROW.findall(table)[1:] if codes(row)]
    assert sorted(described) == sorted(field.name for field in dataclasses.fields(kind))


def test_every_kind_of_link_is_described():
    table = {codes(row[0])[0]: row for row in rows("sdk.md", "Kind (manifest)") if codes(row[0])}
    assert set(table) == set(LINK_KINDS.values())
    for kind, name in LINK_KINDS.items():
        assert codes(table[name][1]) == [kind.__name__]
        assert codes(table[name][2]) == list(kind.__struct_fields__)
    text = page("sdk.md")
    assert all(f"`{name}`" in text for name in vars(ByteLink) if not name.startswith("_"))


def test_every_port_is_described_with_its_methods():
    table = {codes(row[1])[0]: row for row in rows("sdk.md", "Port | Protocol") if codes(row[1])}
    assert [codes(row[0]) for row in table.values()] == [[], *([port] for port in PORTS)]
    for protocol in (Device, *PORTS.values()):
        methods = [name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)]
        assert codes(table[protocol.__name__][2]) == methods


def test_every_capability_is_described():
    assert first_codes("sdk.md", "Capability of a card box") == [capability.value for capability in Capability]


def test_every_event_and_check_of_the_shipped_plugins_is_described():
    assert set(first_codes("sdk.md", "Event |")) == said("events")
    assert set(first_codes("sdk.md", "Check |")) == said("checks")


def test_every_setting_of_the_shipped_plugins_is_described_with_its_default():
    described = [tuple(code for cell in row[:4] for code in codes(cell)) for row in rows("sdk.md", "Plugin | Model")]
    offered = {
        (plugin, offer.model, name, msgspec.json.encode(default).decode())
        for plugin, offer in offers()
        for name, default in offer.settings.items()
    }
    assert set(filter(None, described)) == offered


def test_every_class_of_error_is_described_with_its_code():
    described = {codes(row[0])[0]: codes(row[1])[0] for row in rows("errors.md", "Class |") if codes(row[0])}
    family = [PadkitError, *PadkitError.__subclasses__()]
    assert described == {kind.__name__: kind.code for kind in family if kind.__module__ == "padkit_sdk.errors"}


def test_every_error_that_is_raised_is_described():
    assert raised() - documented_errors() == set(), "give these a row in docs/reference/errors.md"


def test_every_error_that_is_described_can_be_raised():
    assert documented_errors() - raised() == set(), "take these out of docs/reference/errors.md"


@pytest.mark.parametrize(("struct", "place"), [(Manifest, 0), (Limits, 1)], ids=["manifest", "limits"])
def test_every_key_of_the_manifest_is_described_with_its_default(struct, place):
    table = re.findall(r"^\| Key \|.*?(?:\n\n|\Z)", page("manifest.md"), re.MULTILINE | re.DOTALL)[place]
    cells = [[cell.strip() for cell in row.split(" | ")] for row in ROW.findall(table)[1:]]
    assert [codes(row[0])[0] for row in cells] == list(struct.__struct_fields__)
    for row, field in zip(cells, msgspec.structs.fields(struct), strict=True):
        assert (row[2] == "required") == field.required
        if isinstance(field.default, str | int):
            assert codes(row[2]) == [msgspec.json.encode(field.default).decode()]


def test_every_option_of_the_kit_is_described():
    source = (KIT / "plugin.py").read_text(encoding="utf-8")
    options = re.findall(r'addoption\("(--[\w-]+)"', source)
    assert [code.split()[0] for code in first_codes("conformance.md", "Option |")] == options
    assert set(first_codes("conformance.md", "Environment |")) == set(re.findall(r'"(PADKIT_\w+)"', source))


def test_what_the_hands_can_do_is_described():
    table = {codes(row[0])[0]: row for row in rows("conformance.md", "Needs | Person") if codes(row[0])}
    assert list(table) == [power.name for power in Power]
    for power in Power:
        assert (table[power.name][1] == "yes") == (power in PersonHands.powers)
        assert power not in NoHands.powers
        assert table[power.name][3] in power.value


def test_every_promise_is_described_with_what_it_needs():
    for path in KIT.glob("test_*.py"):
        importlib.import_module(f"padkit_sdk.conformance.{path.stem}")
    ours = [promise for test, promise in PROMISES.items() if test.__module__.startswith("padkit_sdk.conformance.")]
    text = page("conformance.md")
    for promise in ours:
        needs = [*(["cards move"] if promise.moves_cards else [])]
        needs += sorted(f"`{capability.value}`" for capability in promise.capabilities)
        needs += sorted(power.name for power in promise.needs)
        row = f"| {promise.sentence} | {', '.join(needs) or '–'} |"
        assert row in text, f"put this under {promise.port}:\n{row}"
    assert len(ROW.findall(text.split("## Promises")[1])) == len(ours) + len({promise.port for promise in ours})


def markdown_files():
    return sorted(path for path in ROOT.rglob("*.md") if not NOT_OURS & set(path.relative_to(ROOT).parts))


def headings(path):
    """The anchors of a page."""
    found = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path):
    broken = []
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists() or (anchor and anchor not in headings(there)):
            broken.append(target)
    assert broken == []
