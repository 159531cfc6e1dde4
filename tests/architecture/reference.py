"""What the code calls things, gathered from the code itself, and what the reference pages say; for `test_reference.py`."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
NO_NAMES = re.compile(r".*\.(pem|yaml|toml|db|jsonl|html|3)|padkit[._].*")  # files and modules, not words of ours


def page(name: str) -> str:
    """Return the text of a reference page."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def quoted(text: str) -> set[str]:
    """Return what stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def quoted_anywhere() -> set[str]:
    """Return what any reference page has between backticks."""
    return {word for path in REFERENCE.glob("*.md") for word in quoted(path.read_text(encoding="utf-8"))}


def trees(*folders: str) -> Iterator[ast.Module]:
    """Yield the syntax tree of every file below `folders` (or of a file)."""
    for folder in map(ROOT.joinpath, folders):
        for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
            yield ast.parse(path.read_text(encoding="utf-8"))


def texts(tree: ast.AST) -> Iterator[str]:
    """Yield every text constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def dotted_names(*folders: str) -> set[str]:
    """Return every dotted name that the code spells out: refusals, notes, log events."""
    found = {text for tree in trees(*folders) for text in texts(tree) if DOTTED.fullmatch(text)}
    return {name for name in found if not NO_NAMES.fullmatch(name)}


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of functions or methods with one of `names`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def first_texts(tree: ast.AST, *names: str) -> set[str]:
    """Return the first argument of those calls, where it is a text."""
    found = (call.args[0] for call in calls(tree, *names) if call.args)
    return {it.value for it in found if isinstance(it, ast.Constant) and isinstance(it.value, str)}


def routes(path: str) -> set[str]:
    """Return the HTTP routes that a file adds, as ``GET /v1/alive``."""
    verbs = {"get": "GET", "post": "POST", "add_get": "GET", "add_post": "POST"}
    return {
        f"{verbs[verb]} {route}"
        for tree in trees(path)
        for verb in verbs
        for route in first_texts(tree, verb)
        if route.startswith("/")
    }


def questions(folder: str) -> dict[str, tuple[str, ...]]:
    """Return what people are asked, with the choices."""
    asked = (
        call.args
        for tree in trees(folder)
        for name in ("AskPerson", "ShowDocument")
        for call in calls(tree, name)
        if call.args
    )
    return {ast.literal_eval(what): ast.literal_eval(choices) for what, choices, *_ in asked}


def commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below `group` that does something, with the words to call it."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command, f"{path} {name}")


def options(command: click.Command) -> set[str]:
    """Return a command's own options by their long names."""
    own = (it for it in command.params if isinstance(it, click.Option))
    return {name for it in own for name in it.opts if name.startswith("--")} - {"--config"}


def settings(struct: type[msgspec.Struct]) -> dict[str, dict[str, str]]:
    """Return table -> key -> default as the page must show it."""
    tables: dict[str, dict[str, str]] = {"Top level": {}}
    for each in msgspec.structs.fields(struct):
        inner, heading = _table_of(each.type, each.encode_name)
        if inner is None:
            tables["Top level"][each.encode_name] = _default(each)
        else:
            fields = msgspec.structs.fields(inner)
            tables[heading] = {it.encode_name: _default(it) for it in fields}
    return tables


def _table_of(kind: Any, name: str) -> tuple[type[msgspec.Struct] | None, str]:
    if isinstance(kind, types.UnionType):
        kind = kind.__args__[0]  # a table that may be left out
    listed = getattr(kind, "__args__", (None,))[0]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind, f"`[{name}]`"
    if isinstance(listed, type) and issubclass(listed, msgspec.Struct):
        return listed, f"`[[{name}]]`"
    return None, ""


def _default(each: msgspec.structs.FieldInfo) -> str:
    if each.default is msgspec.NODEFAULT and each.default_factory is msgspec.NODEFAULT:
        return "required"
    value = each.default if each.default_factory is msgspec.NODEFAULT else each.default_factory()
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return str(list(value))
    return str(value)


def shown_settings(text: str) -> dict[str, dict[str, str]]:
    """Return heading -> key -> default of a settings page's tables."""
    tables: dict[str, dict[str, str]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 4:
            tables.setdefault(heading, {})[cells[0].strip("` ")] = cells[2]
    return tables


def fields_of(structs: Mapping[str, type[msgspec.Struct]]) -> set[str]:
    """Return the names of the structs and of all their fields."""
    return set(structs) | {name for struct in structs.values() for name in struct.__struct_fields__}
