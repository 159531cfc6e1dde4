"""Reading one TOML table by the types wanted; every refusal names file, line, key, value and what next."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NoReturn, TypeVar

from padkit_sim.errors import SimRefused
from padkit_sim.faults import ArgValue
from padkit_sim.kitfile.locate import Path

T = TypeVar("T", str, int, float, bool)
KIND = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Source:
    """The file a table comes from, and the line of each key in it."""

    name: str
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of `path`, or of what holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class Table:
    """One table. Take each key once; `end` refuses the keys that nobody took."""

    def __init__(self, source: Source, path: Path, values: Mapping[str, object]) -> None:
        self.path = path
        self._source = source
        self._values = values
        self._taken: list[str] = []

    def text(self, key: str, default: str | None = None, *, pattern: str = "", means: str = "") -> str:
        """Text, of which all must match `pattern`; `means` says in words what that is."""
        value = self._take(key, str, default)
        if pattern and not re.fullmatch(pattern, value):
            self.refuse(key, f"give {means}")
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Text, one of `choices`."""
        value = self._take(key, str, default)
        if value not in choices:
            self.refuse(key, f"give one of {', '.join(choices)}")
        return value

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int | None = None) -> int:
        """A whole number."""
        value = self._take(key, int, default)
        if value < least or (most is not None and value > most):
            self.refuse(key, f"give a whole number from {least}" + (f" to {most}" if most is not None else ""))
        return value

    def number(self, key: str, default: float | None = None, *, least: float = 0, above: bool = False) -> float:
        """A number, whole or not; `above` excludes `least` itself."""
        value = self._take(key, float, default)
        if value < least or (above and value == least):
            self.refuse(key, f"give a number {'above' if above else 'from'} {least:g}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        return self._take(key, bool, default)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def table(self, key: str) -> Table:
        """A table inside; empty when absent."""
        value = self._raw(key, {})
        if not isinstance(value, Mapping):
            self.refuse(key, "give a table { … }")
        return Table(self._source, (*self.path, key), value)

    def tables(self, key: str) -> Iterator[Table]:
        """An array of tables; empty when absent."""
        value = self._raw(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.refuse(key, "give an array of tables")
        for place, one in enumerate(value):
            yield Table(self._source, (*self.path, key, place), one)

    def rest(self) -> Mapping[str, ArgValue]:
        """All keys not taken so far, which must hold plain values."""
        left = [key for key in self._values if key not in self._taken]
        return {key: self._plain(key) for key in left}

    def beside(self, name: str) -> FilePath:
        """The path of a file that is named from where this file is."""
        return FilePath(self._source.name).parent / name

    def end(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._values:
            if key not in self._taken:
                self.refuse(key, f"unknown key; known here are {', '.join(self._taken)}")

    def refuse(self, key: str, next_step: str) -> NoReturn:
        """Raise `SimRefused` about `key`."""
        path: Path = (*self.path, key)
        shown = repr(self._values[key])[:SHOWN] if key in self._values else "missing"
        raise SimRefused(f"{self._source.name}:{self._source.line(path)}: {_dotted(path)} = {shown}: {next_step}")

    def guarded(self, key: str, make: Callable[[], object]) -> None:
        """Run `make`; what it refuses is a refusal of `key`."""
        try:
            make()
        except SimRefused as exc:
            path: Path = (*self.path, key)
            raise SimRefused(f"{self._source.name}:{self._source.line(path)}: {_dotted(path)}: {exc}") from exc

    def _plain(self, key: str) -> ArgValue:
        value = self._raw(key, None)
        if not isinstance(value, str | int | float | bool):
            self.refuse(key, "give text, a number, true or false")
        return value

    def _take(self, key: str, kind: type[T], default: T | None) -> T:
        value = self._raw(key, default)
        if value is None:
            self.refuse(key, f"give {KIND[kind]}")
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            self.refuse(key, f"give {KIND[kind]}")
        return value

    def _raw(self, key: str, default: object) -> object:
        if key not in self._taken:
            self._taken.append(key)
        return self._values.get(key, default)


def _dotted(path: Path) -> str:
    """``device[0].wire.vid``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
