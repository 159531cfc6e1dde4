"""YAML as plain values, with the line and column of each. No tags, no aliases, no key twice; size and depth are capped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from padkit_central.risk.language import RuleError

MAX_SIZE = 256 << 10
MAX_EVENTS = 50_000
MAX_DEPTH = 12
PATH = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+|\.\.\.)\]")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Plain values, and where each stands."""

    value: Any
    where: Mapping[Path, tuple[int, int]]

    def error(self, path: Path, message: str) -> RuleError:
        """Return a refusal of what stands at `path`, or at the nearest thing around it."""
        while path and path not in self.where:
            path = path[:-1]
        line, column = self.where.get(path, (1, 1))
        return RuleError(message, line, column)


def load(text: str) -> Placed:
    """Parse `text`. Raises `RuleError`."""
    if len(text) > MAX_SIZE:
        raise RuleError(f"{len(text)} characters, at most {MAX_SIZE}", 1, 1)
    try:
        _look_over(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RuleError(f"no YAML: {exc.problem}", line, column) from exc
    except (yaml.YAMLError, ValueError) as exc:
        raise RuleError(f"no YAML: {exc}", 1, 1) from exc
    where: dict[Path, tuple[int, int]] = {}
    return Placed(_plain(node, (), where) if node is not None else None, where)


def _look_over(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if count > MAX_EVENTS:
            raise RuleError(f"more than {MAX_EVENTS} values", line, column)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise RuleError("anchors, aliases and tags are not taken; write it out", line, column)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise RuleError(f"more than {MAX_DEPTH} levels deep", line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: Path, where: dict[Path, tuple[int, int]]) -> Any:
    where[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, place), where) for place, each in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in made:
                raise RuleError(f"{name[:64]!r} is there twice", key.start_mark.line + 1, key.start_mark.column + 1)
            made[name] = _plain(value, (*path, name), where)
        return made
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | float | bool | None:
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind in ("int", "float"):
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    return None if kind == "null" else text


def path_of(message: str) -> Path:
    """Return the place that a message of msgspec names."""
    _, found, rest = message.rpartition("`$")
    if not found:
        return ()
    return tuple(int(index) if index.isdigit() else name or index for name, index in PATH.findall(rest.split("`")[0]))
