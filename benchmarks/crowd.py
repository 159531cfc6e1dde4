"""Many connected kits in a process of their own: ``python -m benchmarks.crowd URL FOLDER``.

`FOLDER` holds one TLS certificate and key a kit (``<kit>.crt.pem``, ``<kit>.key.pem``) and ``tls-trust.pem``. Each opens
central's WebSocket and keeps it open. Prints a ready line when all are connected, ends at SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import uvloop

AT_ONCE = 32
ROUTE = "/v1/commands"


async def run(url: str, kits: Sequence[Path]) -> None:
    """Connect all, say so, stay until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    gate = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        standing = [group.create_task(_connect(url, path, path.with_name("tls-trust.pem"), gate)) for path in kits]
        sessions = [await each for each in standing]
    print('{"event":"ready"}', flush=True)
    await stop.wait()
    for session, socket in sessions:
        await socket.close()
        await session.close()


async def _connect(
    url: str, certificate: Path, trust: Path, gate: asyncio.Semaphore
) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
    context = ssl.create_default_context(cafile=str(trust))
    context.load_cert_chain(certificate, certificate.with_name(certificate.name.replace(".crt.", ".key.")))
    async with gate:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))
        return session, await session.ws_connect(url + ROUTE, heartbeat=20.0)


if __name__ == "__main__":
    uvloop.run(run(sys.argv[1], sorted(Path(sys.argv[2]).glob("*.crt.pem"))))
