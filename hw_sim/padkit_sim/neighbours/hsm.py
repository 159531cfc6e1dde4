"""``padkit-sim hsm``: the bank's HSM as a process, TEST ONLY. It holds a private key and opens C3 fields for the core alone.

A real one re-encrypts a PIN block and never shows a clear value; this one gives the fields back as the keypad sealed them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from aiohttp import web

from padkit_contract.crypto import choose_suite
from padkit_contract.errors import ContractError, EnvelopeRefused
from padkit_contract.hsm import MAX_SEALED, Hsm, load_hsm, open_at_hsm
from padkit_contract.keyfile import read_password
from padkit_contract.keys import FileKeys
from padkit_sim.neighbours.hsm_client import TOKEN_HEADER
from padkit_sim.neighbours.serving import serve_until_stopped

MAX_ASKED = 2 * MAX_SEALED
REFUSED = {
    "error": {"code": "hsm.refused", "message": "these C3 fields do not open for this request; enter them again"}
}


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the core gives: the sealed C3 fields, and the request it found them in."""

    entity: str
    serial: str
    attempt: int
    sealed: bytes


class HsmDoor:
    """One HSM behind HTTP. Whatever is wrong, the core hears the same; the reason goes to `tell`."""

    def __init__(self, hsm: Hsm, token: bytes, now: Callable[[], dt.datetime], tell: Callable[[str], None]) -> None:
        self._hsm = hsm
        self._token = token
        self._now = now
        self._tell = tell

    def application(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(client_max_size=MAX_ASKED)
        app.add_routes([web.post("/open", self._open)])
        return app

    async def _open(self, http: web.Request) -> web.Response:
        if not hmac.compare_digest(http.headers.get(TOKEN_HEADER, "").encode(), self._token):
            self._tell("hsm.stranger")
            return web.json_response(REFUSED, status=403)
        raw = await http.read()
        try:
            fields = await asyncio.to_thread(self._fields, raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._tell("hsm.asked")
            return web.json_response(REFUSED, status=400)
        except EnvelopeRefused as exc:
            self._tell(exc.reason)
            return web.json_response(REFUSED, status=400)
        return web.json_response({"fields": fields})

    def _fields(self, raw: bytes) -> dict[str, str]:
        asked = msgspec.json.decode(raw, type=Asked)
        opened = open_at_hsm(asked.sealed, self._hsm, self._now())
        secrets = opened.secrets
        if (opened.entity, secrets.serial, secrets.attempt) != (asked.entity, asked.serial, asked.attempt):
            raise EnvelopeRefused("hsm.request", "sealed for another request")
        return secrets.fields


@click.command("hsm")
@click.option(
    "--keys",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that `padkit-central ca hsm` made.",
)
@click.option(
    "--password-file",
    required=True,
    envvar="PADKIT_KEY_PASSWORD_FILE",
    type=click.Path(path_type=Path),
    help="Password of its key, mode 0600 (or PADKIT_KEY_PASSWORD_FILE).",
)
@click.option("--token-file", required=True, type=click.Path(path_type=Path), help="What the core proves itself with.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Loopback port; 0: any.")
@click.option("--libcrypto", default="libcrypto.so.3", show_default=True, help="OpenSSL 3 with SM2.")
def command(keys: Path, password_file: Path, token_file: Path, port: int, libcrypto: str) -> None:
    """Run the mock HSM until SIGTERM or SIGINT. TEST ONLY.

    Prints {"event":"ready","url":…} as one JSON line when it listens; refusals are JSON lines on the error stream.
    """
    try:
        suite = choose_suite(allow_pure=False, library=libcrypto, log=_silent)
        hsm = load_hsm(keys, suite, FileKeys(keys, suite, read_password(password_file)))
        token = read_password(token_file)
    except ContractError as exc:
        raise click.ClickException(f"hsm: {exc}") from exc
    door = HsmDoor(hsm, token, lambda: dt.datetime.now(dt.UTC), _tell)
    serve_until_stopped("hsm", door.application(), port)


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: without the fallback there is no choice to report."""


def _tell(reason: str) -> None:
    sys.stderr.write(json.dumps({"event": "hsm.refused", "why": reason}) + "\n")
