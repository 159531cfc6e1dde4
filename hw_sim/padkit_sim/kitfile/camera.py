"""The camera in a kit file: folders of pictures, and what is before it at the start."""

from __future__ import annotations

from pathlib import Path

from padkit_sim.camera.settings import CameraSettings
from padkit_sim.kitfile.table import Table

SHIPPED = Path(__file__).parents[1] / "kits"  # so that a copy of a shipped kit file stands anywhere


def camera(table: Table) -> CameraSettings:
    """The table `[camera]`. Raises `SimRefused`."""
    found = CameraSettings(
        documents=_folder(table, "documents"),
        faces=_folder(table, "faces"),
        laid=table.text("laid", ""),
        sits=table.text("sits", ""),
        person=table.text("person", ""),
    )
    table.end()
    return found


def _folder(table: Table, key: str) -> Path | None:
    name = table.text(key, "")
    if not name:
        return None
    folder = next((place for place in (table.beside(name), SHIPPED / name) if place.is_dir()), None)
    if folder is None:
        table.refuse(key, "give a folder; its path begins beside the kit file, or beside the shipped kits")
    return folder
