"""What a fault is called, where it strikes and which arguments it takes; unknown or ill-typed arguments are refused."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_sim.errors import SimRefused

ArgValue = str | int | float | bool


class Kind(enum.Enum):
    """How a fault lasts."""

    EVENT = "event"  # strikes at the nth event of its place, `times` times
    CONDITION = "condition"  # holds from just before the nth event of its place until it is cleared


@dataclass(frozen=True, slots=True)
class ArgSpec:
    """One argument. `default` fixes the type; `choices` the values, when they are few; `minimum` the least number.

    `pattern` is a regular expression for the whole of a text, described by `help`. `or_int` lets a text argument be a
    whole number of at least 1 as well.
    """

    default: ArgValue
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    or_int: bool = False
    pattern: str = ""
    help: str = ""

    def wanted(self) -> str:
        """What the argument takes, in words."""
        if self.choices:
            return " or ".join(repr(c) for c in self.choices) + (" or a whole number from 1" if self.or_int else "")
        if self.pattern:
            return f"text: {self.help}"
        kind = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[type(self.default)]
        return kind if self.minimum is None else f"{kind} from {self.minimum:g}"

    def accepts(self, value: ArgValue) -> bool:
        """Whether `value` fits."""
        if self.or_int and type(value) is int:
            return value >= 1
        match self.default:
            case bool():
                return isinstance(value, bool)
            case int() | float():
                whole = isinstance(self.default, int)
                if isinstance(value, bool | str) or (whole and not isinstance(value, int)):
                    return False
                return self.minimum is None or value >= self.minimum
            case str():
                if not isinstance(value, str) or (self.choices and value not in self.choices):
                    return False
                return not self.pattern or re.fullmatch(self.pattern, value) is not None

    def parse(self, text: str) -> ArgValue:
        """`text` from a command line as the type wanted; text that does not fit comes back as it is."""
        if isinstance(self.default, bool):
            return {"true": True, "false": False}.get(text, text)
        try:
            if self.or_int or isinstance(self.default, int):
                return int(text)
            return float(text) if isinstance(self.default, float) else text
        except ValueError:
            return text


@dataclass(frozen=True, slots=True)
class FaultArgs:
    """Checked arguments of one fault, defaults filled in. Reading one by the wrong type is a programming error."""

    values: Mapping[str, ArgValue]

    def text(self, name: str) -> str:
        return str(self.values[name])

    def whole(self, name: str) -> int:
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def number(self, name: str) -> float:
        return float(self.values[name])

    def flag(self, name: str) -> bool:
        return self.values[name] is True

    def whole_or_none(self, name: str) -> int | None:
        """The number, or None when the argument holds a word."""
        value = self.values[name]
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """One fault of the vocabulary. `strikes` says at which event it is counted and what happens then."""

    name: str
    strikes: str
    kind: Kind = Kind.EVENT
    args: Mapping[str, ArgSpec] = field(default_factory=dict)

    def check(self, given: Mapping[str, ArgValue]) -> FaultArgs:
        """`given` with defaults. Raises `SimRefused`."""
        for name, value in given.items():
            known = self.args.get(name)
            if known is None:
                takes = ", ".join(self.args) or "no arguments"
                raise SimRefused(f"fault {self.name}: unknown argument {name!r} = {value!r}; it takes {takes}")
            if not known.accepts(value):
                raise SimRefused(f"fault {self.name}: argument {name} is {value!r}; give {known.wanted()}")
        return FaultArgs({**{name: arg.default for name, arg in self.args.items()}, **given})

    def parse(self, given: Mapping[str, str]) -> Mapping[str, ArgValue]:
        """Arguments from a command line by the types wanted; unknown ones stay text and are refused by `check`."""
        return {k: self.args[k].parse(v) if k in self.args else v for k, v in given.items()}
