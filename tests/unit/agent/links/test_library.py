"""Only a file of the named folder that nobody else can write may be loaded."""

from __future__ import annotations

import pytest

from padkit_agent.links.library import FOLDER, open_library
from padkit_sdk import Library, LinkLost, Refused

MATCH = Library(file="libmtx.so")


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
    assert repr(link) == "LibraryFile(libmtx.so)"
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


async def test_a_file_that_is_gone_is_a_lost_link(folder):
    with pytest.raises(LinkLost, match="put it back"):
        await open_library(MATCH, folder / "gone.so")
