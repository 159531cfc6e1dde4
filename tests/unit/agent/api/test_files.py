"""Files of the built page, and nothing else of the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from padkit_agent.api.files import find
from padkit_agent.config import PageTable

from .browser import Browser, plain
from .conftest import Served, serving

SECRET = "TEST ONLY: nobody may read this"


@pytest.fixture
def traps(built: Path) -> Path:
    """The folder with everything a person or a builder may leave in it by mistake."""
    (built.parent / "secret").write_text(SECRET)
    (built / "link").symlink_to(built.parent / "secret")
    (built / "folder").symlink_to(built.parent)
    (built / "inside").symlink_to(built / "index.html")
    (built / ".hidden").write_text(SECRET)
    (built / ".git").mkdir()
    (built / ".git" / "config").write_text(SECRET)
    (built / "assets" / "app.js.gz").symlink_to(built.parent / "secret")
    os.mkfifo(built / "pipe")
    return built


@pytest.mark.parametrize("asked", ["index.html", "assets/app.js"])
def test_files_of_the_folder_are_found(traps: Path, asked: str) -> None:
    assert find(traps, asked) == traps / asked


@pytest.mark.parametrize(
    "asked",
    [
        *("../secret", "assets/../../secret", "/etc/passwd", "//etc/passwd", "..", ".", "", "assets//app.js", "./index.html"),
        *("link", "folder/secret", "inside", ".hidden", ".git/config", "assets", "pipe", "nothing", "index.html/", "x" * 5000),
        *("index.html\0.js", "..\\secret", "assets\\app.js", "index.html/x"),
    ],
)  # fmt: skip
def test_nothing_else_is(traps: Path, asked: str) -> None:
    assert find(traps, asked) is None


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert find(tmp_path / "nowhere", "index.html") is None


def test_a_folder_behind_a_link_serves_its_files(built: Path) -> None:
    current = built.with_name("current")
    current.symlink_to(built)
    assert find(current, "index.html") == built / "index.html"


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%2e%2e%2fsecret", "/assets/..%2f..%2fsecret", "/..%5csecret"),
        *("/%252e%252e/secret", "//secret", "/link", "/folder/secret", "/.hidden", "/.git/config", "/assets", "/a%00b"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("traps")
async def test_no_way_of_writing_a_path_leads_out(paged: Served, path: str) -> None:
    told = await plain(paged, f"GET {path} HTTP/1.1\r\nHost: {paged.page.address}\r\nConnection: close\r\n\r\n")
    assert told.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))
    assert SECRET.encode() not in told


async def test_the_page_comes_without_a_session_as_what_it_is(paged: Served) -> None:
    async with Browser(paged) as browser:
        for path, kind in (("/", "text/html"), ("/index.html", "text/html"), ("/assets/app.js", "javascript")):
            async with browser.session.get(browser.origin + path) as response:
                assert response.status == 200
                assert kind in response.content_type
                assert response.headers["Cache-Control"] == "no-cache"
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("traps")
async def test_a_packed_file_behind_a_link_is_not_given_instead(paged: Served) -> None:
    async with Browser(paged) as browser, browser.session.get(f"{browser.origin}/assets/app.js") as response:
        assert await response.text() == "export {}"


async def test_nobody_writes_files(paged: Served) -> None:
    async with Browser(paged) as browser:
        for method in ("PUT", "DELETE", "POST"):
            async with browser.session.request(
                method, f"{browser.origin}/index.html", headers={"Origin": browser.origin}
            ) as response:
                assert response.status == 405


async def test_where_no_page_lies_a_small_one_says_what_to_do(tmp_path: Path) -> None:
    async with serving(tmp_path, PageTable("127.0.0.1:0", tmp_path / "none")) as served, Browser(served) as browser:
        async with browser.session.get(browser.origin + "/") as response:
            told = await response.text()
        assert "没有安装操作页面" in told
        assert "[page]" in told
        assert (await browser.get("/app.js"))[0] == 404
