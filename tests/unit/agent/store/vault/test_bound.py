"""A kit data key opens on its machine, and on that machine after a repair; nowhere else."""

from __future__ import annotations

import logging
import os
import shutil
import stat
from dataclasses import replace

import pytest

from padkit_agent.store.vault import look
from padkit_sdk.errors import Refused

from .conftest import MACHINE, OTHER_NIC, Kit

PLACE = "journal:1:F1"
RAW = b"TEST ONLY 16 by."


@pytest.fixture
def sealed(kit: Kit) -> bytes:
    """What the kit sealed at its first start."""
    return kit.load(make=True).seal(b"secret", PLACE)


def reason(kit: Kit, *, make: bool = False) -> str:
    with pytest.raises(Refused) as refused:
        kit.load(make=make)
    return refused.value.reason


def files(kit: Kit) -> set[str]:
    return {it.name for it in kit.folder.iterdir()}


def test_a_first_start_makes_two_private_files_that_the_next_one_reads(kit: Kit, sealed: bytes) -> None:
    assert files(kit) == {"data.TEST-ONLY.key", "device.key.pem"}
    assert {stat.S_IMODE(it.stat().st_mode) for it in kit.folder.iterdir()} == {0o600}
    before = kit.path.read_bytes()
    assert kit.load().open(sealed, PLACE) == b"secret"
    assert kit.path.read_bytes() == before
    assert kit.said == []


def test_a_copied_disk_opens_nothing_on_another_machine(kit: Kit, sealed: bytes) -> None:
    shutil.copytree(kit.folder, kit.folder.with_name("copy"))
    other = [replace(it, value=f"other {it.value}") for it in MACHINE]
    thief = replace(kit, folder=kit.folder.with_name("copy"), traits=other)
    with pytest.raises(Refused, match=r"made for another machine.*enrol this machine as a new kit") as refused:
        thief.load()
    assert refused.value.reason == "vault.other_machine"
    assert reason(thief.with_traits()) == "vault.other_machine"
    assert reason(replace(thief, hardware=False)) == "vault.other_machine"
    with pytest.raises(Refused, match="another machine"):
        look(thief.path, thief.binding(), os.urandom)


def test_the_machine_without_the_device_key_opens_nothing(kit: Kit, sealed: bytes) -> None:
    kit.device_path.unlink()
    assert reason(kit) == "vault.device_key"
    assert not kit.device_path.exists()


def test_another_device_key_opens_nothing(kit: Kit, sealed: bytes) -> None:
    other = replace(kit, folder=kit.folder / "other")
    other.load(make=True)
    shutil.copy(other.device_path, kit.device_path)
    assert reason(kit) == "vault.device_key"


def test_a_swapped_part_is_told_and_bound_anew(kit: Kit, sealed: bytes) -> None:
    repaired = kit.with_traits(*MACHINE[:3], OTHER_NIC)
    assert repaired.load().open(sealed, PLACE) == b"secret"
    assert repaired.said == [("vault.traits_changed", {"gone": ("nic", "nic"), "come": ("nic",)})]
    assert files(kit) == {"data.TEST-ONLY.key", "device.key.pem"}
    repaired.said.clear()
    assert repaired.load().open(sealed, PLACE) == b"secret"
    assert repaired.said == []


def test_a_machine_may_change_bit_by_bit(kit: Kit, sealed: bytes) -> None:
    traits = list(MACHINE)
    for place, trait in enumerate(MACHINE):
        traits[place] = replace(trait, value=f"new {trait.value}")
        assert kit.with_traits(*traits).load().open(sealed, PLACE) == b"secret"
    assert reason(kit) == "vault.other_machine"


@pytest.mark.parametrize(("made_with", "may_go"), [(2, 0), (3, 1), (4, 1), (5, 2)])
def test_how_many_parts_may_go_at_once(kit: Kit, made_with: int, may_go: int) -> None:
    here = MACHINE[:made_with]
    sealed = kit.with_traits(*here).load(make=True).seal(b"secret", PLACE)
    assert reason(kit.with_traits(*here[may_go + 1 :])) == "vault.other_machine"
    assert kit.with_traits(*here[may_go:]).load().open(sealed, PLACE) == b"secret"


def test_the_same_value_as_another_kind_of_part_does_not_count(kit: Kit, sealed: bytes) -> None:
    assert reason(kit.with_traits(*(replace(it, kind="disk") for it in MACHINE))) == "vault.other_machine"


def test_a_machine_without_traits_is_refused_before_a_key_is_made(kit: Kit) -> None:
    assert reason(kit.with_traits(MACHINE[0]), make=True) == "vault.traits"
    assert not kit.path.exists()


def test_a_kit_may_be_bound_to_its_device_key_alone_and_says_so_at_each_start(kit: Kit) -> None:
    unbound = replace(kit, hardware=False, traits=())
    sealed = unbound.load(make=True).seal(b"secret", PLACE)
    assert unbound.load().open(sealed, PLACE) == b"secret"
    assert unbound.said == [("vault.not_bound", {"file": "data.TEST-ONLY.key"})] * 2
    assert kit.load().open(sealed, PLACE) == b"secret"
    assert reason(replace(unbound, said=[])) == "vault.other_machine"


def test_a_planned_repair_lets_go_of_the_old_board_and_takes_the_new(kit: Kit, sealed: bytes) -> None:
    assert replace(kit, hardware=False).load().open(sealed, PLACE) == b"secret"
    repaired = kit.with_traits(*(replace(it, value=f"new {it.value}") for it in MACHINE))
    assert repaired.load().open(sealed, PLACE) == b"secret"
    assert reason(kit) == "vault.other_machine"


def test_a_key_of_sixteen_bare_bytes_is_taken_over_once(kit: Kit) -> None:
    kit.folder.mkdir()
    kit.path.write_bytes(RAW)
    kit.path.chmod(0o600)
    old = kit.path.open("rb")  # the file that is replaced, wherever its name goes
    sealed = look(kit.path, kit.binding(), os.urandom).seal(b"secret", PLACE)
    assert kit.load().open(sealed, PLACE) == b"secret"
    assert not any(RAW in it.read_bytes() or RAW.hex().encode() in it.read_bytes() for it in kit.folder.iterdir())
    assert old.read() != RAW
    old.close()
    taken = kit.path.read_bytes()
    assert kit.load().open(sealed, PLACE) == b"secret"
    assert kit.path.read_bytes() == taken
    assert files(kit) == {"data.TEST-ONLY.key", "device.key.pem"}


def test_a_lost_key_is_never_made_anew(kit: Kit) -> None:
    with pytest.raises(Refused, match="not there, but a store sealed with it is; restore the file"):
        kit.load()
    assert not kit.path.exists()


@pytest.mark.parametrize("name", ["path", "device_path"])
def test_a_key_that_others_can_read_is_refused(kit: Kit, sealed: bytes, name: str) -> None:
    getattr(kit, name).chmod(0o640)
    with pytest.raises(Refused, match=r"readable by others; chmod 600 it"):
        kit.load()


def test_a_folder_where_the_key_should_be_is_refused(kit: Kit, sealed: bytes) -> None:
    kit.path.unlink()
    kit.path.mkdir()
    assert reason(kit) == "vault.key"


def test_looking_in_changes_nothing(kit: Kit, sealed: bytes) -> None:
    before = kit.path.read_bytes()
    repaired = kit.with_traits(*MACHINE[1:], OTHER_NIC)
    assert look(kit.path, repaired.binding(), os.urandom).open(sealed, PLACE) == b"secret"
    assert kit.path.read_bytes() == before


def test_nothing_shows_the_key(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    kit.folder.mkdir()
    kit.path.write_bytes(RAW)
    kit.path.chmod(0o600)
    with caplog.at_level(logging.DEBUG):
        vault = kit.load()
        device = kit.binding().device.load(make=False)
    shown = f"{vault!r} {kit.binding()!r} {device!r} {kit.said} {caplog.text}"
    assert RAW.decode() not in shown
    assert RAW.hex() not in shown
    assert not any(it.value in shown for it in MACHINE)
    assert "TEST ONLY" not in shown
