"""The built page's files, and nothing else of the disk; without them one small page that says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

INDEX = "index.html"
BUILT = Path(__file__).parents[1] / "page"  # what the agent's wheel brings
NO_PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>padkit</title></head>
<body>
<h1>没有安装操作页面</h1>
<p>代理程序正在运行，但这台设备上没有操作页面。请安装带页面的程序包，或在 agent.toml 的 [page] 中用 files 指明文件夹。</p>
<div lang="en">
<h1>No page is installed</h1>
<p>The agent runs, but this kit has no page. Install an agent that brings it, or name a folder as files in [page].</p>
</div>
</body>
</html>
"""


class Files:
    """Serves the files below `folder`, or the agent's own; a link in a path, or a path that leads out, is nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder or BUILT

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Answer a GET for a file, ``/`` with the page itself."""
        from aiohttp import web

        asked = request.match_info["path"] or INDEX
        path = find(self._folder, asked)
        if path is not None:
            return web.FileResponse(path)
        if asked == INDEX:
            return web.Response(text=NO_PAGE, content_type="text/html")
        raise web.HTTPNotFound


def find(folder: Path, asked: str) -> Path | None:
    """Return the plain file that `asked` names below `folder`, None when there is none."""
    parts = asked.split("/")
    if "\0" in asked or "\\" in asked or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        return None
    try:
        root = folder.resolve(strict=True)
        path = root.joinpath(*parts)
        return path if path.resolve(strict=True) == path and path.is_file() else None
    except (OSError, ValueError):
        return None
