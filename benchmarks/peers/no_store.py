"""``python -m benchmarks.peers.no_store CENTRAL-FOLDER``: the same door with nothing behind it: TLS, body read, 202, gone."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from padkit_central.api import server_context
from padkit_contract.party import TlsFiles

MAX_BODY = 9 << 20


async def take(request: web.Request) -> web.Response:
    """Read, forget, say yes."""
    await request.read()
    return web.Response(status=202)


async def main(folder: Path) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post("/v1/envelopes", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    tls = TlsFiles(folder / "tls.crt.pem", folder / "tls.key.pem", folder / "tls-trust.pem")
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context(tls)).start()
    print(json.dumps({"event": "ready", "url": f"https://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))
