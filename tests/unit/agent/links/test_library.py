"""Only a file of the named folder that nobody else can write may be loaded."""

from __future__ import annotations

import os

import pytest

from padkit_agent.links.library import FOLDER, open_library
from padkit_sdk import Library, LinkLost, Refused

MATCH = Library(file="libmtx.so")
STRANGER = 4711


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "libraries"
    folder.mkdir(mode=0o755)
    (folder / MATCH.file).write_bytes(b"\x7fELF")
    (folder / MATCH.file).chmod(0o644)
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


async def reason(path):
    with pytest.raises(Refused) as caught:
        await open_library(MATCH, path)
    return caught.value.reason


async def test_a_file_of_the_folder_is_given(folder):
    link = await open_library(MATCH, folder / MATCH.file)
    assert link.path == folder / MATCH.file
    assert link.number == (link.path.stat().st_dev, link.path.stat().st_ino)
    assert repr(link) == "LibraryFile(libmtx.so)"
    await link.close()
    await link.close()


async def test_without_a_named_folder_none_is(folder, monkeypatch):
    monkeypatch.delenv(FOLDER)
    assert await reason(folder / MATCH.file) == "library.folder"


async def test_a_file_elsewhere_or_of_another_name_is_refused(folder, tmp_path):
    elsewhere = tmp_path / MATCH.file
    elsewhere.write_bytes(b"")
    assert await reason(elsewhere) == "library.folder"
    (folder / "other.so").write_bytes(b"")
    assert await reason(folder / "other.so") == "library.folder"


async def test_a_link_that_leads_out_of_the_folder_is_refused(folder, tmp_path):
    elsewhere = tmp_path / MATCH.file
    elsewhere.write_bytes(b"")
    (folder / MATCH.file).unlink()
    (folder / MATCH.file).symlink_to(elsewhere)
    assert await reason(folder / MATCH.file) == "library.folder"


@pytest.mark.parametrize("mode", [0o664, 0o646])
async def test_a_file_that_others_can_write_is_refused(folder, mode):
    (folder / MATCH.file).chmod(mode)
    assert await reason(folder / MATCH.file) == "library.writable"


async def test_a_folder_that_others_can_write_is_refused(folder):
    folder.chmod(0o777)
    assert await reason(folder / MATCH.file) == "library.writable"


@pytest.fixture
def deep(tmp_path, monkeypatch):
    """A folder below another one, which it is the test's to spoil."""
    above = tmp_path / "above"
    (above / "libraries").mkdir(parents=True, mode=0o755)
    above.chmod(0o755)
    file = above / "libraries" / MATCH.file
    file.write_bytes(b"\x7fELF")
    file.chmod(0o644)
    monkeypatch.setenv(FOLDER, str(file.parent))
    return above


@pytest.mark.parametrize("mode", [0o775, 0o757])
async def test_a_folder_above_that_others_can_write_is_refused(deep, mode):
    deep.chmod(mode)
    assert await reason(deep / "libraries" / MATCH.file) == "library.writable"


async def test_a_folder_above_may_be_everybodys_when_nobody_can_move_what_others_have_there(deep):
    deep.chmod(0o1777)
    await (await open_library(MATCH, deep / "libraries" / MATCH.file)).close()


async def test_the_folder_itself_may_not(deep):
    (deep / "libraries").chmod(0o1777)
    assert await reason(deep / "libraries" / MATCH.file) == "library.writable"


@pytest.mark.parametrize("whose", ["libraries/libmtx.so", "libraries", "."])
async def test_what_is_anothers_is_refused(deep, monkeypatch, whose):
    if os.getuid() == 0:
        os.chown(deep / whose, STRANGER, -1)
    else:  # who is not root can give nothing away: all of it is another's then
        monkeypatch.setattr(os, "getuid", lambda: STRANGER)
    assert await reason(deep / "libraries" / MATCH.file) == "library.writable"


async def test_a_pipe_of_that_name_is_refused_and_not_waited_for(folder):
    (folder / MATCH.file).unlink()
    os.mkfifo(folder / MATCH.file, 0o644)
    assert await reason(folder / MATCH.file) == "library.folder"


async def test_a_file_that_is_gone_is_a_lost_link(folder):
    with pytest.raises(LinkLost, match="put it back"):
        await open_library(MATCH, folder / "gone.so")
