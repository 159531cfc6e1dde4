"""The language of risk rules: numbers, signals by name, arithmetic, comparisons, and/or/not. Parsed here, never handed to Python.

    expression = or ; or = and {"or" and} ; and = not {"and" not} ; not = "not" not | comparison
    comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum] ; sum = product {("+" | "-") product}
    product = minus {("*" | "/") minus} ; minus = "-" minus | atom
    atom = number | name | ("min" | "max" | "abs") "(" or {"," or} ")" | "(" or ")"

A value is a number or a yes/no, and the two are never mixed. What is divided by 0 is 0, so that a share of nothing is none.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

MAX_LENGTH = 500
MAX_DEPTH = 24
MAX_NODES = 150
HUGE = 1e15

Values = Sequence[float]
Compiled = Callable[[Values], float]
TOKEN = re.compile(
    r"[ \t\r\n]+|(?P<number>[0-9]{1,12}(?:\.[0-9]{1,9})?)|(?P<name>[a-z][a-z0-9_]{0,39})|(?P<sign><=|>=|==|!=|[<>+*/(),-])"
)
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
FUNCTIONS: Mapping[str, tuple[int, int]] = {"min": (2, 8), "max": (2, 8), "abs": (1, 1)}
WORDS = frozenset({"and", "or", "not"})


class RuleError(Exception):
    """A rule cannot be used. `line` and `column` count from 1, within the text that was given."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `truth` tells that it answers yes or no; `names` are the signals that it looks at."""

    run: Compiled
    truth: bool
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class _Part:
    run: Compiled
    truth: bool


def compile_expression(text: str, slots: Mapping[str, int]) -> Expression:
    """Compile `text`; `slots` says at which place of the values each signal is. Raises `RuleError`."""
    if len(text) > MAX_LENGTH:
        raise RuleError(f"{len(text)} characters, at most {MAX_LENGTH}; make two rules of it", 1, 1)
    parser = _Parser(text, _tokens(text), slots)
    part = parser.whole()
    return Expression(part.run, part.truth, frozenset(parser.names))


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _error(text, at, f"{text[at]!r} has no meaning here")
        if match.lastgroup is not None:
            found.append(_Token(match.lastgroup, match.group(), at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


def _error(text: str, at: int, message: str) -> RuleError:
    before = text[:at]
    return RuleError(message, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


@dataclass(slots=True, eq=False)
class _Parser:
    text: str
    tokens: list[_Token]
    slots: Mapping[str, int]
    place: int = 0
    nodes: int = 0
    depth: int = 0
    names: set[str] = field(default_factory=set)

    def whole(self) -> _Part:
        part = self._or()
        if self._now.kind != "end":
            raise self._wrong(f"{self._now.text!r} comes after the end of the expression")
        return part

    @property
    def _now(self) -> _Token:
        return self.tokens[self.place]

    def _wrong(self, message: str, token: _Token | None = None) -> RuleError:
        return _error(self.text, (token or self._now).at, message)

    def _take(self, *texts: str) -> _Token | None:
        token = self._now
        if token.kind in ("sign", "name") and token.text in texts:
            self.place += 1
            return token
        return None

    def _node(self, run: Compiled, *, truth: bool) -> _Part:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._wrong(f"more than {MAX_NODES} parts; make two rules of it")
        return _Part(run, truth)

    def _deeper(self, parse: Callable[[], _Part]) -> _Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._wrong(f"more than {MAX_DEPTH} levels deep; make it flatter")
        part = parse()
        self.depth -= 1
        return part

    def _want(self, part: _Part, token: _Token, *, truth: bool) -> Compiled:
        if part.truth is not truth:
            wanted, got = ("a yes/no", "a number") if truth else ("a number", "a yes/no")
            raise self._wrong(f"{token.text!r} wants {wanted} on each side and got {got}", token)
        return part.run

    def _or(self) -> _Part:
        return self._joined("or", lambda: self._joined("and", self._not, every=True), every=False)

    def _joined(self, word: str, parse: Callable[[], _Part], *, every: bool) -> _Part:
        part = parse()
        while token := self._take(word):
            one = self._want(part, token, truth=True)
            two = self._want(parse(), token, truth=True)
            part = self._node(_both(one, two) if every else _either(one, two), truth=True)
        return part

    def _not(self) -> _Part:
        if token := self._take("not"):
            run = self._want(self._deeper(self._not), token, truth=True)
            return self._node(lambda values: 0.0 if run(values) else 1.0, truth=True)
        part = self._sum()
        if token := self._take(*COMPARE):
            one = self._want(part, token, truth=False)
            two = self._want(self._sum(), token, truth=False)
            part = self._node(_compared(COMPARE[token.text], one, two), truth=True)
            if again := self._take(*COMPARE):
                raise self._wrong("comparisons are not chained; join two with 'and'", again)
        return part

    def _sum(self) -> _Part:
        return self._reckoned(("+", "-"), lambda: self._reckoned(("*", "/"), self._minus))

    def _reckoned(self, signs: tuple[str, ...], parse: Callable[[], _Part]) -> _Part:
        part = parse()
        while token := self._take(*signs):
            one = self._want(part, token, truth=False)
            two = self._want(parse(), token, truth=False)
            part = self._node(_calculated(token.text, one, two), truth=False)
        return part

    def _minus(self) -> _Part:
        if token := self._take("-"):
            run = self._want(self._deeper(self._minus), token, truth=False)
            return self._node(lambda values: -run(values), truth=False)
        return self._atom()

    def _atom(self) -> _Part:
        token = self._now
        if token.kind == "number":
            self.place += 1
            number = float(token.text)
            return self._node(lambda _: number, truth=False)
        if self._take("("):
            part = self._deeper(self._or)
            self._close()
            return part
        if token.kind == "name" and token.text in FUNCTIONS:
            self.place += 1
            return self._call(token)
        if token.kind == "name" and token.text not in WORDS:
            return self._signal(token)
        raise self._wrong("a number, a signal or '(' is wanted" + (f", not {token.text!r}" if token.text else ""))

    def _signal(self, token: _Token) -> _Part:
        slot = self.slots.get(token.text)
        if slot is None:
            raise self._wrong(f"{token.text!r} is no signal; see the list in the reference", token)
        self.place += 1
        self.names.add(token.text)
        return self._node(operator.itemgetter(slot), truth=False)

    def _call(self, token: _Token) -> _Part:
        if not self._take("("):
            raise self._wrong(f"'(' is wanted after {token.text!r}")
        parts = [self._want(self._deeper(self._or), token, truth=False)]
        while self._take(","):
            parts.append(self._want(self._deeper(self._or), token, truth=False))
        self._close()
        least, most = FUNCTIONS[token.text]
        if not least <= len(parts) <= most:
            raise self._wrong(f"{token.text!r} takes {least} to {most} values, not {len(parts)}", token)
        if token.text == "abs":
            run = parts[0]
            return self._node(lambda values: abs(run(values)), truth=False)
        choose = min if token.text == "min" else max
        return self._node(lambda values: choose([it(values) for it in parts]), truth=False)

    def _close(self) -> None:
        if not self._take(")"):
            raise self._wrong("')' is wanted")


def _both(one: Compiled, two: Compiled) -> Compiled:
    return lambda values: 1.0 if one(values) and two(values) else 0.0


def _either(one: Compiled, two: Compiled) -> Compiled:
    return lambda values: 1.0 if one(values) or two(values) else 0.0


def _compared(compare: Callable[[float, float], bool], one: Compiled, two: Compiled) -> Compiled:
    return lambda values: 1.0 if compare(one(values), two(values)) else 0.0


def _calculated(sign: str, one: Compiled, two: Compiled) -> Compiled:
    if sign == "+":
        return lambda values: _held(one(values) + two(values))
    if sign == "-":
        return lambda values: _held(one(values) - two(values))
    if sign == "*":
        return lambda values: _held(one(values) * two(values))

    def divide(values: Values) -> float:
        by = two(values)
        return _held(one(values) / by) if by else 0.0

    return divide


def _held(number: float) -> float:
    """Keep a number within what has a meaning, so that nothing grows into infinity."""
    return max(-HUGE, min(HUGE, number))
