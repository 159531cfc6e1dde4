"""After an erase nothing opens, and a power cut at any step leaves a kit that works or one that is erased."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from padkit_agent.store.vault import Disk, look
from padkit_sdk.errors import Refused

from .conftest import MACHINE, Kit

AT = "2026-01-02T03:04:05Z"
PLACE = "journal:1:F1"
MOST_STEPS = 60


class PowerCut(BaseException):
    """The power failed."""


class FailingDisk(Disk):
    """Loses power at step `last`: before it, or halfway through a write."""

    def __init__(self, last: int) -> None:
        super().__init__(os.urandom)
        self.left = last

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise PowerCut

    def fill(self, handle: int, data: bytes) -> None:
        self._step()
        if self.left == 0:
            super().fill(handle, data[: len(data) // 2])
            raise PowerCut
        super().fill(handle, data)

    def write(self, path: Path, data: bytes) -> None:
        self._step()
        super().write(path, data)

    def overwrite(self, path: Path) -> None:
        self._step()
        super().overwrite(path)

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        super().rename(old, new)

    def link(self, path: Path, second: Path) -> None:
        self._step()
        super().link(path, second)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def sync(self, folder: Path) -> None:
        self._step()
        super().sync(folder)


def cut_at_every_step(job: Callable[[Disk], object], check: Callable[[], None]) -> int:
    """Run `job` again and again, losing power one step later each time, with `check` after each; return the steps."""
    for last in range(MOST_STEPS):
        try:
            job(FailingDisk(last))
        except PowerCut:
            check()
        else:
            return last
    raise AssertionError("the job does not end")


def erased(kit: Kit) -> bool:
    """Tell whether the kit is erased; if not, it must work."""
    try:
        kit.load()
    except Refused as exc:
        assert exc.reason == "vault.erased"
        assert {it.name for it in kit.folder.iterdir()} == {kit.path.name + ".erased"}
        return True
    return False


def test_a_running_vault_forgets_its_key(kit: Kit) -> None:
    vault = kit.load(make=True)
    sealed = vault.seal(b"secret", PLACE)
    vault.erase(at=AT)
    with pytest.raises(Refused, match="erased while the agent ran"):
        vault.open(sealed, PLACE)
    with pytest.raises(Refused, match="erased while the agent ran"):
        vault.seal(b"secret", PLACE)


def test_a_later_start_is_refused_and_says_what_to_do(kit: Kit) -> None:
    kit.load(make=True).erase(at=AT)
    for make in (True, False):
        with pytest.raises(Refused, match=f"erased {AT}.*data.TEST-ONLY.key.erased away and enrol the kit again"):
            kit.load(make=make)
    with pytest.raises(Refused, match="enrol the kit again"):
        look(kit.path, kit.binding(), os.urandom)
    assert {it.name for it in kit.folder.iterdir()} == {"data.TEST-ONLY.key.erased"}


def test_what_the_keys_were_is_overwritten_not_only_unlinked(kit: Kit) -> None:
    vault = kit.load(make=True)
    held = [(path.read_bytes(), path.open("rb")) for path in (kit.path, kit.device_path)]
    vault.erase(at=AT)
    for before, file in held:
        assert file.read() != before
        file.close()


IDENTITY = ("kit/sign.key.pem", "kit/tls.key.pem", "kit.asked/sign.key.pem", "kit.former/encrypt.key.pem")


def with_identity(kit: Kit) -> list[Path]:
    """Put the keys of the kit's certificates where a renewal that was cut short leaves them."""
    made = [kit.folder / name for name in (*IDENTITY, "kit/sign.crt.pem")]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"TEST ONLY {path}")
    return made


def test_nobody_is_the_kit_any_more_after_an_erase(kit: Kit) -> None:
    vault = kit.load(make=True)
    *keys, certificate = with_identity(kit)
    held = [(path.read_bytes(), path.open("rb")) for path in keys]
    vault.erase(at=AT)
    assert not any(path.exists() for path in keys)
    assert certificate.exists()
    for before, file in held:
        assert file.read() != before
        file.close()


def test_an_erase_that_was_cut_short_takes_the_identity_at_the_next_start(kit: Kit) -> None:
    *keys, _ = with_identity(kit)
    kit.load(make=True)
    (kit.folder / "data.TEST-ONLY.key.erased").write_text(f"erased {AT}\n")  # the power went behind it
    with pytest.raises(Refused, match="enrol the kit again"):
        kit.load()
    assert not any(path.exists() for path in keys)


def test_erasing_twice_keeps_the_first_time(kit: Kit) -> None:
    vault = kit.load(make=True)
    vault.erase(at=AT)
    vault.erase(at="2027-01-01T00:00:00Z")
    assert (kit.folder / "data.TEST-ONLY.key.erased").read_text() == f"erased {AT}\n"


def test_a_disk_that_refuses_is_told_and_the_next_call_goes_on(kit: Kit) -> None:
    class ReadOnly(Disk):
        def overwrite(self, path: Path) -> None:
            raise OSError(30, "Read-only file system")

    kit.load(make=True)
    vault = kit.load(disk=ReadOnly(os.urandom))
    with pytest.raises(Refused, match="Read-only file system"):
        vault.erase(at=AT)
    with pytest.raises(Refused, match=r"erased while"):
        vault.seal(b"", PLACE)
    assert erased(kit)


def test_a_power_cut_during_an_erase_leaves_a_kit_or_an_erased_one(kit: Kit) -> None:
    outcomes: list[bool] = []
    sealed = b""

    def job(disk: Disk) -> None:
        nonlocal sealed
        (kit.folder / f"{kit.path.name}.erased").unlink(missing_ok=True)
        sealed = kit.load(make=True).seal(b"secret", PLACE)
        kit.load(disk=disk).erase(at=AT)

    def check() -> None:
        outcomes.append(erased(kit))
        if not outcomes[-1]:
            assert kit.load().open(sealed, PLACE) == b"secret"

    assert cut_at_every_step(job, check) > 8
    assert outcomes == sorted(outcomes), "once erased, it stays so"
    assert set(outcomes) == {False, True}
    assert erased(kit)


def test_a_power_cut_during_a_first_start_leaves_nothing_that_hinders_the_next(kit: Kit) -> None:
    def check() -> None:
        sealed = kit.load(make=True).seal(b"secret", PLACE)
        assert kit.load().open(sealed, PLACE) == b"secret"
        for path in kit.folder.iterdir():
            path.unlink()

    assert cut_at_every_step(lambda disk: kit.load(make=True, disk=disk), check) > 4


@pytest.mark.parametrize("old", ["bare", "other machine"])
def test_a_power_cut_while_the_key_is_bound_anew_loses_nothing(kit: Kit, old: str) -> None:
    raw = b"TEST ONLY 16 by."
    kit.folder.mkdir()
    sealed = b""

    def job(disk: Disk) -> None:
        nonlocal sealed
        if old == "bare":
            kit.path.write_bytes(raw)
            kit.path.chmod(0o600)
            sealed = look(kit.path, kit.binding(), os.urandom).seal(b"secret", PLACE)
        else:
            kit.path.unlink(missing_ok=True)
            before = kit.with_traits(replace(MACHINE[0], value="before"), *MACHINE[1:])
            sealed = before.load(make=True).seal(b"secret", PLACE)
        kit.load(disk=disk)

    def check() -> None:
        assert kit.load().open(sealed, PLACE) == b"secret"
        assert {it.name for it in kit.folder.iterdir()} == {kit.path.name, kit.device_path.name}
        assert raw not in kit.path.read_bytes()

    assert cut_at_every_step(job, check) > 5
