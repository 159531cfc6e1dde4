"""The way from a terminal to the running service: its admin socket, and the operator whose papers go over it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
import click
import msgspec

from padkit_central.config import Config
from padkit_central.kits import AnyPaper, sign_paper
from padkit_contract.crypto import choose_suite
from padkit_contract.envelope import Identity
from padkit_contract.keyfile import read_password
from padkit_contract.keys import FileKeys
from padkit_contract.party import SIGN_CERTIFICATE, load_identity
from padkit_contract.x509 import Role, Usage

TIMEOUT_S = 60.0
HOST = "http://central"

T = TypeVar("T")


class AdminRefused(click.ClickException):
    """The service says no; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class AdminClient:
    """Asks the running service. Every method raises `AdminRefused`, or `click.ClickException` when it does not run."""

    def __init__(self, session: aiohttp.ClientSession, path: Path) -> None:
        self._session = session
        self._path = path

    async def get(self, route: str, kind: type[T], **query: str) -> T:
        """Return the answer to a question; empty values of the query are left out."""
        return msgspec.json.decode(await self.fetch(route, **query), type=kind)

    async def fetch(self, route: str, **query: str) -> bytes:
        """Return the bytes of an answer."""
        return await self._ask("GET", route, params={key: value for key, value in query.items() if value})

    async def post(self, route: str, body: Mapping[str, object], kind: type[T]) -> T:
        """Hand something in and return the answer."""
        return msgspec.json.decode(await self._ask("POST", route, data=json.dumps(body)), type=kind)

    async def _ask(
        self, method: str, route: str, *, params: Mapping[str, str] | None = None, data: str | None = None
    ) -> bytes:
        try:
            async with self._session.request(method, HOST + route, params=params, data=data) as response:
                body = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as exc:
            raise click.ClickException(
                f"central does not answer at {self._path} ({exc or type(exc).__name__}); start it: padkit-central serve"
            ) from exc
        if response.status >= 400:
            raise _refused(response.status, body)
        return body


@asynccontextmanager
async def admin_client(config: Config) -> AsyncIterator[AdminClient]:
    """Yield a client of the service with these settings."""
    path = config.admin_socket
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path)), timeout=timeout) as session:
        yield AdminClient(session, path)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who signs papers."""

    identity: Identity

    @property
    def entity(self) -> str:
        """The legal bank whose operator this is."""
        return self.identity.certificate.entity

    def sign(self, paper: AnyPaper) -> str:
        """Return the signed paper as the API takes it (base64)."""
        return base64.b64encode(sign_paper(paper, self.identity, datetime.now(UTC))).decode()


def load_operator(config: Config, folder: Path, password_file: Path) -> Operator:
    """Read an operator's folder. Raises `ContractError`, OSError, or `click.ClickException` for another's folder."""
    suite = choose_suite(allow_pure=config.crypto.allow_pure, library=config.crypto.library, log=_silent)
    keys = FileKeys(folder, suite, read_password(password_file))
    identity = load_identity(folder / SIGN_CERTIFICATE, Usage.SIGNATURE, keys)
    if identity.certificate.role is not Role.OPERATOR:
        raise click.ClickException(f"{folder}: not an operator's folder; make one with padkit-central ca operator")
    return Operator(identity)


def _refused(status: int, body: bytes) -> AdminRefused:
    try:
        error = json.loads(body)["error"]
        return AdminRefused(str(error["code"]), str(error["message"]))
    except (ValueError, KeyError, TypeError):
        return AdminRefused(f"http.{status}", "no answer that makes sense; is this padkit-central's socket?")


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: a refusal says all."""
