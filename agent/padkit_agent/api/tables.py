"""Answers of the local API as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def lines(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    """Yield a heading and one line for each row; a column is as wide as its widest cell."""
    cells = [list(columns), *([cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(columns))]
    for line in cells:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()


def cell(value: object) -> str:
    """Return a value as a person reads it: nothing for no, a device's problem by its message, a question with its choices."""
    match value:
        case None | False | []:
            return ""
        case True:
            return "yes"
        case {"message": message}:
            return str(message)
        case [what, *choices]:
            return f"{what}: {' | '.join(map(str, choices))}"
    return str(value)
