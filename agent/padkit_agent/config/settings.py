"""The agent's TOML file: what it may hold, and a refusal with the line for what it may not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from padkit_sdk.errors import Refused
from padkit_sdk.links import Setting

MAX_SIZE = 65_536
MAX_PORT = 65_535
HERE = ("127.0.0.1", "::1", "localhost")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all tables: an unknown key is refused."""


class Kit(_Table, frozen=True):
    """Who this kit is; must equal what its certificates say."""

    id: str
    entity: str


class Central(_Table, frozen=True):
    """Where central is."""

    url: Annotated[str, msgspec.Meta(pattern="^https://")]
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 20.0


class Keys(_Table, frozen=True):
    """Folder of the kit's certificates and keys, the file with their password, and the kit data key.

    The data key opens on the machine it was made on only, unless `bind_to_hardware` is false.
    """

    folder: Path
    password_file: Path
    data_key: Path
    bind_to_hardware: bool = True
    allow_pure: bool = False
    libcrypto: str = "libcrypto.so.3"


class Store(_Table, frozen=True):
    """The kit's database and how large it may grow."""

    path: Path
    max_mb: Annotated[int, msgspec.Meta(ge=1)] = 1024


class Api(_Table, frozen=True):
    """The unix socket of the local API (mode 0600)."""

    socket: Path


class PageTable(_Table, frozen=True):
    """Where the kit page is served: HOST:PORT on this machine only, port 0 for any; `files` is the folder of the built page.

    `practice`: this is a kit to practise on, and says so everywhere; its central is on this machine, too.
    """

    listen: str
    files: Path | None = None
    practice: bool = False

    def place(self) -> tuple[str, int]:
        """Return host and port. Raises `Refused` ``config.loopback``."""
        found = re.fullmatch(r"(127\.0\.0\.1|\[::1\]):([0-9]{1,5})", self.listen)
        if found is None or int(found[2]) > MAX_PORT:
            told = f"page.listen {self.listen!r} is no port of this machine alone"
            raise Refused("config.loopback", f'{told}; give "127.0.0.1:PORT" or "[::1]:PORT", port 0 for any')
        return found[1].strip("[]"), int(found[2])


class DeviceTable(_Table, frozen=True):
    """One device of the kit; `serial` and `location` narrow the adapter."""

    name: str
    plugin: str
    model: str
    serial: str = ""
    location: str = ""
    settings: dict[str, Setting] = {}


class Settings(_Table, frozen=True):
    """The whole file. Relative paths start at the file's own folder.

    `bundles` are folders with plugin bundles, searched in this order after the agent's own environment. `vendor_libraries` is the
    one folder whose shared libraries plugins may load; None: none may. `cameras` are sources of pictures, ``http://HOST:PORT`` or
    folders.
    """

    kit: Kit
    central: Central
    keys: Keys
    store: Store
    api: Api
    page: PageTable | None = None
    device: tuple[DeviceTable, ...] = ()
    bundles: tuple[Path, ...] = ()
    vendor_libraries: Path | None = None
    cameras: tuple[str, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def load_settings(path: Path) -> Settings:
    """Read and check the file. Raises `Refused` ``config.*`` naming file, line, key and what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused("config.unreadable", f"settings {path}: {exc}; give the file with --config") from exc
    if len(text) > MAX_SIZE:
        raise Refused(
            "config.size", f"settings {path}: {len(text)} characters, at most {MAX_SIZE}; is it the right file?"
        )
    try:
        raw = tomllib.loads(text)
        settings = msgspec.convert(raw, Settings, dec_hook=lambda kind, value: kind(value), strict=True)
    except tomllib.TOMLDecodeError as exc:
        raise Refused("config.toml", f"settings {path}: {exc}; mend the line") from exc
    except msgspec.ValidationError as exc:
        raise Refused(
            "config.invalid", f"settings {path}, line {line_of(text, str(exc))}: {exc}; mend the line"
        ) from exc
    _check_practice(settings, f"settings {path}, line {line_of(text, 'at `$.central.url`')}")
    try:
        if settings.page is not None:
            settings.page.place()
    except Refused as exc:
        line = line_of(text, "at `$.page.listen`")
        raise Refused(exc.reason, f"settings {path}, line {line}: {exc}") from exc
    return _anchored(settings, path.resolve().parent)


def _check_practice(settings: Settings, where: str) -> None:
    """Raise `Refused` ``config.practice``: what is only practised must reach nobody."""
    host = urlsplit(settings.central.url).hostname
    if settings.page is not None and settings.page.practice and host not in HERE:
        told = f"{where}: central {host!r} is not on this machine, and page.practice is true"
        raise Refused("config.practice", f"{told}; take page.practice out, or name a central of 127.0.0.1")


def line_of(text: str, message: str) -> int:
    """Return the line that msgspec's message speaks of: the unknown field's, else its path's last key; 1 when not found."""
    field = re.search(r"unknown field `([^`]+)`", message)
    path = re.search(r"at `\$([^`]*)`", message)
    names = re.findall(r"[A-Za-z_]\w*", path.group(1)) if path else []
    key = field.group(1) if field else (names[-1] if names else "")
    table = names[0] if names else ""
    here = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([\w.]+)", line)
        here = header.group(1) if header else here
        found = re.match(rf"\s*{re.escape(key)}\s*=", line) or (header and header.group(1) == key)
        if key and found and (not table or here.startswith(table) or key == here):
            return number
    return 1


def _anchored(settings: Settings, base: Path) -> Settings:
    keys, store, api, page = settings.keys, settings.store, settings.api, settings.page
    return msgspec.structs.replace(
        settings,
        keys=msgspec.structs.replace(
            keys,
            folder=base / keys.folder,
            password_file=base / keys.password_file,
            data_key=base / keys.data_key,
        ),
        store=msgspec.structs.replace(store, path=base / store.path),
        api=msgspec.structs.replace(api, socket=base / api.socket),
        page=msgspec.structs.replace(page, files=base / page.files) if page and page.files else page,
        bundles=tuple(base / bundle for bundle in settings.bundles),
        vendor_libraries=base / settings.vendor_libraries if settings.vendor_libraries else None,
        cameras=tuple(it if "://" in it else str(base / it) for it in settings.cameras),
    )
