"""The service's settings: one TOML file. What it does not know is refused with file and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_.-]{1,32}$")]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]

PLACE = re.compile(r"at `\$\.?(?P<path>[^`]*)`")
HEADING = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
FIELD = re.compile(r"field `(?P<name>[^`]+)`")


class ConfigError(Exception):
    """The settings cannot be used: the message says file, line, what is wrong and what would be right."""


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where kits come in. `port` 0 takes any free one; the ``ready`` line says which."""

    host: str = "127.0.0.1"
    port: Port = 0


class Core(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank's core. `timeout_s` is for one whole call; no answer by then is an unknown outcome."""

    url: str
    timeout_s: Seconds = 15.0
    sweep_s: Seconds = 300.0  # how often central itself asks again for outcomes that stayed unknown


class Intake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is taken in. A kit waits `answer_wait_s` for its reply, then gets a receipt; 0 answers with it at once."""

    answer_wait_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 20.0
    body_timeout_s: Seconds = 30.0
    max_waiting: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 10_000
    max_waiting_mib: Annotated[int, msgspec.Meta(ge=16, le=65536)] = 256


class Processing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`workers` envelopes are handled at the same time; 0 only takes in. A reply is good for `reply_valid_s`."""

    workers: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 64
    reply_valid_s: Annotated[int, msgspec.Meta(ge=60, le=31_536_000)] = 604_800
    stop_s: Seconds = 10.0  # how long envelopes in work may take to end when the service stops


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hole in a kit's chain becomes a case after `gap_hours`."""

    gap_hours: Annotated[float, msgspec.Meta(gt=0, le=8760)] = 24.0


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case whose files are not here, whole and sound, `deadline_hours` after its evidence list becomes one for a person."""

    deadline_hours: Annotated[float, msgspec.Meta(gt=0, le=8760)] = 24.0


class Admin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The door for who governs: a unix socket, `admin.sock` beside the database when left out."""

    socket: str = ""


class Commands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lock of more than `lock_alone_max` kits needs a second person. Every `sweep_s` is looked for what no hint told of."""

    lock_alone_max: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 20
    sweep_s: Seconds = 5.0


class Ca(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The CA that issues to kits while the service runs; empty: none does. A renewed kit's old ones end after `overlap_days`."""

    folder: str = ""
    password_file: str = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=1825)] = 365
    overlap_days: Annotated[float, msgspec.Meta(gt=0, le=365)] = 7.0


class Enrol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where kits enrol by a code; without `host` nowhere. The same request is answered again for `repeat_s`."""

    host: str = ""
    port: Port = 0
    repeat_s: Seconds = 600.0
    per_minute: Annotated[int, msgspec.Meta(ge=1, le=6000)] = 30


class Crypto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which library does SM2; `allow_pure` lets the slow pure-Python one stand in."""

    library: str = "libcrypto.so.3"
    allow_pure: bool = False


class Risk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs the risk engine's orders: a folder with an operator's folder for each entity; empty: it only proposes."""

    operators: str = ""
    password_file: str = ""


class Seals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The electronic seals for receipts: a folder with a seal's folder for each entity; empty: nothing is sealed."""

    folder: str = ""
    password_file: str = ""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings. Paths are absolute after `load`; in the file they count from the file's folder."""

    entities: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    database: Path
    party: Path
    password_file: Path
    core: Core
    listen: Listen = Listen()
    intake: Intake = Intake()
    processing: Processing = Processing()
    crypto: Crypto = Crypto()
    admin: Admin = Admin()
    commands: Commands = Commands()
    chain: Chain = Chain()
    evidence: Evidence = Evidence()
    ca: Ca = Ca()
    enrol: Enrol = Enrol()
    risk: Risk = Risk()
    seals: Seals = Seals()

    @property
    def admin_socket(self) -> Path:
        """Where the admin API listens."""
        return Path(self.admin.socket) if self.admin.socket else self.database.with_name("admin.sock")


def load(path: Path) -> Config:
    """Read the settings of `path`. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as exc:
        why = (exc.strerror if isinstance(exc, OSError) else None) or exc
        raise ConfigError(f"{path}: cannot be read: {why}; give the path of a central.toml") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path}: not TOML: {exc}; mend the line") from exc
    try:
        config = msgspec.convert(raw, Config, dec_hook=_path)
    except msgspec.ValidationError as exc:
        raise ConfigError(f"{path}:{_line(text, str(exc))}: {exc}; mend the line") from exc
    if config.enrol.host and not config.ca.folder:
        raise ConfigError(f"{path}: [enrol] needs a CA that issues; name its folder and password_file in [ca]")
    if bool(config.ca.folder) != bool(config.ca.password_file):
        raise ConfigError(f"{path}: [ca] needs both folder and password_file; name the other one too")
    if bool(config.risk.operators) != bool(config.risk.password_file):
        raise ConfigError(f"{path}: [risk] needs both operators and password_file; name the other one too")
    if bool(config.seals.folder) != bool(config.seals.password_file):
        raise ConfigError(f"{path}: [seals] needs both folder and password_file; name the other one too")
    folder = path.resolve().parent
    return msgspec.structs.replace(
        config,
        database=folder / config.database,
        party=folder / config.party,
        password_file=folder / config.password_file,
        admin=Admin(str(folder / config.admin.socket)) if config.admin.socket else config.admin,
        ca=_anchored(config.ca, folder),
        risk=_placed(config.risk, folder),
        seals=_kept(config.seals, folder),
    )


def _anchored(ca: Ca, folder: Path) -> Ca:
    if not ca.folder:
        return ca
    places = {"folder": str(folder / ca.folder), "password_file": str(folder / ca.password_file)}
    return msgspec.structs.replace(ca, **places)


def _placed(risk: Risk, folder: Path) -> Risk:
    if not risk.operators:
        return risk
    return Risk(str(folder / risk.operators), str(folder / risk.password_file))


def _kept(seals: Seals, folder: Path) -> Seals:
    if not seals.folder:
        return seals
    return Seals(str(folder / seals.folder), str(folder / seals.password_file))


def _path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError("a path as text is wanted")


def _line(text: str, message: str) -> int:
    """Return the line that a validation message is about: the key's, else its table's, else the first."""
    place, field = PLACE.search(message), FIELD.search(message)
    keys = place["path"].partition("[")[0].split(".") if place and place["path"] else []
    if field:
        keys.append(field["name"])
    *table, last = keys or [""]
    key = re.compile(rf"\s*[\"']?{re.escape(last)}[\"']?\s*[=.]")
    inside: list[str] = []
    nearest = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := HEADING.match(line):
            inside = heading[1].split(".")
            if inside == keys:
                return number
            if inside == table:
                nearest = number
        elif inside == table and key.match(line):
            return number
    return nearest
