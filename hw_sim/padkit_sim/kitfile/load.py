"""Finds and reads a kit file: by path, or by the bare name of a kit that is shipped with the simulator."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.locate import lines_of_keys
from padkit_sim.kitfile.schema import KitFile, kit
from padkit_sim.kitfile.table import Source, Table

MAX_BYTES = 1 << 20


def load(path: Path) -> KitFile:
    """Read `path`. Raises `SimRefused` with file, line, key, value and what next."""
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise SimRefused(
            f"{path}: cannot be read ({exc.strerror}); give the path of a kit file, or one of {_names()}"
        ) from exc
    if len(raw) > MAX_BYTES:
        raise SimRefused(f"{path}: has {len(raw)} bytes; a kit file has at most {MAX_BYTES}")
    try:
        return parse(raw.decode("utf-8"), str(path))
    except UnicodeDecodeError as exc:
        raise SimRefused(f"{path}: is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc


def parse(text: str, name: str) -> KitFile:
    """Parse the text of the kit file called `name`. Raises `SimRefused`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise SimRefused(f"{name}: is not TOML: {exc}; correct it") from exc
    return kit(Table(Source(name, lines_of_keys(text)), (), values))


def find_kit_file(name: str) -> Path:
    """The file for a path or a bare name. Raises `SimRefused`."""
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        return path
    found = shipped().get(name)
    if found is None:
        raise SimRefused(f"kit {name!r} is neither a file nor shipped; shipped are {_names()}")
    return found


def shipped() -> dict[str, Path]:
    """Kit files that come with the simulator, by name."""
    folder = Path(str(resources.files("padkit_sim"))) / "kits"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _names() -> str:
    return ", ".join(shipped())
