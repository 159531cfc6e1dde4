"""Finds the line of each key in a TOML text that is known to be valid; the standard parser does not tell lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Where a value is: table names and array places, such as ``("device", 0, "wire", "vid")``."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def lines_of_keys(text: str) -> Mapping[Path, int]:
    """The line, from 1, on which each key, table header and array element begins."""
    return _Walk(text).document()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # arrays of tables

    def document(self) -> Mapping[Path, int]:
        base: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._peek("["):
                base = self._header()
            else:
                self._pair(base)
            self._skip(_BLANK)
        return self._found

    def _header(self) -> Path:
        start, many = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        parts = self._key()
        self._at += 2 if many else 1
        path: Path = ()
        for part in parts[:-1]:
            path = self._last_of((*path, part))
        path += (parts[-1],)
        if many:
            count = self._counts.get(path, 0)
            self._counts[path] = count + 1
            path += (count,)
        self._note(path, start)
        return path

    def _last_of(self, path: Path) -> Path:
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, base: Path) -> None:
        start = self._at
        path = base + self._key()
        self._note(path, start)
        self._at += 1  # '='
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            bare = _BARE_KEY.match(self._text, self._at)
            raw = bare.group() if bare else self._string()
            if bare:
                self._at = bare.end()
            parts.append(raw if bare else str(tomllib.loads(f"k = {raw}")["k"]))
            self._skip(_SPACE)
            if not self._peek("."):
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        if self._peek('"') or self._peek("'"):
            self._string()
        elif self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        place = 0
        self._skip(_BLANK)
        while not self._peek("]"):
            self._note((*path, place), self._at)
            self._value((*path, place))
            place += 1
            self._comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        while not self._peek("}"):
            self._pair(path)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self._peek(","):
            self._at += 1
        self._skip(_BLANK)

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        assert found, "the text is valid TOML"
        self._at = found.end()
        return found.group()

    def _peek(self, char: str) -> bool:
        return self._text.startswith(char, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _note(self, path: Path, at: int) -> None:
        self._found[path] = self._text.count("\n", 0, at) + 1
