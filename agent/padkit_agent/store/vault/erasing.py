"""Crypto-erase: without its keys what the kit sealed is noise. A power cut at any point leaves a kit or an erased one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from padkit_agent.store.vault.disk import Disk, beside, put, tidy
from padkit_sdk.errors import Refused

MAX_MARKER = 64


def marker_of(data_key: Path) -> Path:
    """Return the marker's path: while it is there, the keys are gone or go."""
    return beside(data_key, ".erased")


def erase(data_key: Path, keys: Iterable[Path], disk: Disk, *, at: str) -> None:
    """Destroy the kit data key and `keys` (of the device and of the kit's certificates). Begun, it is finished by the next start.

    Raises `Refused` ``vault.erase`` when the disk does not let us; asking again goes on where it stopped.
    """
    marker = marker_of(data_key)
    try:
        if not marker.exists():
            put(disk, marker, f"erased {at}\n".encode())
        finish(data_key, keys, disk)
    except OSError as exc:
        raise Refused("vault.erase", f"kit data key {data_key}: {exc}; see to the disk and erase again") from exc


def finish(data_key: Path, keys: Iterable[Path], disk: Disk) -> None:
    """Overwrite and remove what the marker condemns."""
    for path in (data_key, *keys):
        tidy(disk, path)
        if path.exists():
            disk.overwrite(path)
            disk.remove(path)
        if path.parent.is_dir():
            disk.sync(path.parent)


def refuse_erased(data_key: Path, keys: Callable[[], Iterable[Path]], disk: Disk) -> None:
    """Raise `Refused` ``vault.erased`` when this kit was erased, finishing what a power cut interrupted."""
    marker = marker_of(data_key)
    if not marker.exists():
        return
    said = marker.read_bytes()[:MAX_MARKER].decode("ascii", "replace").strip()
    erase(data_key, keys(), disk, at="")
    raise erased(data_key, said)


def check_not_erased(data_key: Path) -> None:
    """Raise `Refused` ``vault.erased`` while the marker lies there: what is enrolled now would be destroyed at the next start."""
    if marker_of(data_key).exists():
        raise erased(data_key, "erased")


def erased(data_key: Path, said: str) -> Refused:
    """Return the refusal of an erased kit."""
    what = f"kit data key {data_key}: {said}; what was sealed with it cannot be read any more"
    return Refused(
        "vault.erased", f"{what}; move the old store and {marker_of(data_key).name} away and enrol the kit again"
    )
