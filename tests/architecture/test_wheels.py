"""Each wheel builds and brings what its program reads, the licence, and the name of every package that it imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
WHEELS = [line.split()[1] for line in (ROOT / "requirements" / "packages.txt").read_text().splitlines() if line.strip()]
DATA = {
    "central/contract": "padkit_contract/catalogue/transactions.yaml",
    "central": "padkit_central/store/migrations/versions/0001_first_tables.py",
    "hw_sim": "padkit_sim/kits/demo.toml",
    "plugins/back_clip": "padkit_back_clip/padkit-plugin.toml",
    "plugins/fingerprint": "padkit_fingerprint/padkit-plugin.toml",
    "plugins/card_dispenser": "padkit_card_dispenser/padkit-plugin.toml",
}
SOLD_AS = {
    "yaml": "pyyaml",
    "serial": "pyserial",
    "openssl": "pyopenssl",
    "nbis": "nbis-py",
    "smartcard": "pyscard",
    "usb": "pyusb",
    "pil": "pillow",
    "cv2": "opencv-python-headless",
}
NAME = re.compile(r"[A-Za-z0-9_-]+")


def settings(wheel: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / wheel / "pyproject.toml").read_text(encoding="utf-8"))


def package(wheel: str) -> Path:
    (name,) = settings(wheel)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return ROOT / wheel / str(name)


def imported(folder: Path) -> set[str]:
    """The packages of others that a folder imports, by the name under which they are installed."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    others = {name.lower() for name in found if name not in sys.stdlib_module_names and name != folder.name}
    return {SOLD_AS.get(name, name).replace("_", "-") for name in others}


def declared(wheel: str) -> set[str]:
    project = settings(wheel)["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    return {NAME.match(line).group().lower() for line in (*project["dependencies"], *extras)}


@pytest.mark.parametrize("wheel", WHEELS)
def test_a_wheel_brings_every_file_of_its_package_and_the_licence(wheel: str, tmp_path: Path) -> None:
    (built,) = WheelBuilder(str(ROOT / wheel)).build(directory=str(tmp_path))
    inside = set(ZipFile(built).namelist())
    folder = package(wheel)
    files = {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {str(path.relative_to(folder.parent)) for path in files} <= inside
    assert DATA.get(wheel, f"{folder.name}/py.typed") in inside
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in inside)


@pytest.mark.parametrize("wheel", WHEELS)
def test_a_wheel_names_exactly_what_it_imports(wheel: str) -> None:
    assert declared(wheel) == imported(package(wheel))
