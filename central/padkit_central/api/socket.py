"""A unix socket that only its owner may open. It takes its name when it listens already, so nobody ever finds it shut."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web

PRIVATE_MODE = 0o600
BACKLOG = 64


@asynccontextmanager
async def private_socket(runner: web.AppRunner, path: Path) -> AsyncIterator[None]:
    """Serve `runner`, which is set up, at `path` until left; one that lies there from before is replaced.

    The runner's clean-up closes the socket. Raises OSError when the place cannot be had.
    """
    new = path.with_name(f"{path.name}.new")
    listening = _bound(new)
    try:
        await web.SockSite(runner, listening, backlog=BACKLOG).start()
    except BaseException:
        listening.close()
        raise
    mine = _take_name(new, path)
    try:
        yield
    finally:
        _give_name_back(path, mine)


def _bound(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(PRIVATE_MODE)  # before it listens: until then nobody can connect
    except OSError as exc:
        listening.close()
        raise OSError(f"{path}: {exc}; name a shorter or writable place in [admin] socket") from exc
    return listening


def _take_name(new: Path, path: Path) -> int:
    inode = new.stat().st_ino
    new.rename(path)
    return inode


def _give_name_back(path: Path, inode: int) -> None:
    """Take the name away unless another service has it by now."""
    with suppress(FileNotFoundError):
        if path.stat().st_ino == inode:
            path.unlink()
