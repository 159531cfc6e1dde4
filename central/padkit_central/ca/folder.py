"""Where the CA keeps and puts files: every one says TEST ONLY, keys have mode 0600, a party's folder appears whole."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padkit_contract import pem
from padkit_contract.keyfile import write_private

MARK = "TEST ONLY: made by padkit-central ca; never use it for real customers"
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")


class CaRefused(Exception):
    """The CA will not do it; the message says what, where, and what to do next. Nothing was changed."""


def check_name(what: str, name: str) -> str:
    """Return `name` when it can be a file name and an X.509 name. Raises `CaRefused`."""
    if NAME.fullmatch(name) is None:
        raise CaRefused(f"{what} {name!r}: 1 to 32 letters, digits, '.', '_', '-', beginning with a letter or digit")
    return name


def put_public(path: Path, label: str, *ders: bytes) -> None:
    """Write certificates as one PEM file."""
    path.write_text("".join(pem.write(label, der, MARK) for der in ders), encoding="ascii")


def put_private(path: Path, label: str, der: bytes) -> None:
    """Write a key as PEM with mode 0600."""
    write_private(path, pem.write(label, der, MARK))


def append_line(path: Path, line: bytes) -> None:
    """Append one line; it is on disk when this returns."""
    with path.open("ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_folder(target: Path, next_step: str) -> Iterator[Path]:
    """Yield a folder to fill; it becomes `target` at the end, or nothing does.

    Raises:
        CaRefused: `target` is there already; the message ends with `next_step`.
    """
    if target.exists():
        raise CaRefused(f"{target} exists already and is left as it is; {next_step}")
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    try:
        yield half
        half.rename(target)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
