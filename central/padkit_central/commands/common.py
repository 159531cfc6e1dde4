"""What the commands share: the settings option, plain refusals, and the store beside a running service."""

from __future__ import annotations

import functools
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import msgspec

from padkit_central.app import real_means
from padkit_central.config import Config, ConfigError, load
from padkit_central.kits import check_text
from padkit_central.store import Store, StoreFailed, StoreUnfit
from padkit_contract.errors import ContractError, Invalid

P = ParamSpec("P")
Words = TypeVar("Words", str, tuple[str, ...])

config_option = click.option(
    "--config",
    "config_path",
    metavar="FILE",
    envvar="PADKIT_CENTRAL_CONFIG",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The service's central.toml (or PADKIT_CENTRAL_CONFIG).",
)


def plain_text(_: click.Context, param: click.Parameter, value: Words) -> Words:
    """Callback of an option that lists, screens and the trail show: wrong use when it is empty, too long or unprintable."""
    texts: tuple[str, ...] = (value,) if isinstance(value, str) else value
    try:
        for each in texts:
            check_text(str(param.opts[0]), each)
    except Invalid as exc:
        raise click.UsageError(str(exc).removeprefix(f"{exc.reason}: ")) from exc
    return value


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what this program says no with into one line and exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ConfigError, ContractError, StoreFailed, StoreUnfit) as exc:
            raise click.ClickException(str(exc)) from exc
        except OSError as exc:
            raise click.ClickException(_said(exc)) from exc

    return run


def _said(exc: OSError) -> str:
    """Return the file first and then what the system says of it; a text of our own as it is."""
    if exc.filename is None or exc.strerror is None:
        return str(exc)
    return f"{exc.filename}: {exc.strerror}; look at its name and at whose it is"


def the_entity(config: Config, named: str | None) -> str:
    """Return the entity that is meant: the one named, else the only one. Raises `click.UsageError`."""
    if named is None and len(config.entities) == 1:
        return config.entities[0]
    if named not in config.entities:
        raise click.UsageError(f"--entity must be one of {', '.join(config.entities)}")
    return named


@asynccontextmanager
async def opened_store(config_path: Path) -> AsyncIterator[tuple[Config, Store]]:
    """Yield settings and store; the service may be running beside us."""
    config, means = load(config_path), real_means()
    store = Store(config.database, ids=means.ids(), at=means.at)
    try:
        yield config, store
    finally:
        await store.stop()


def print_json(value: object) -> None:
    """Print one JSON value, indented, to the output stream."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
    sys.stdout.flush()
