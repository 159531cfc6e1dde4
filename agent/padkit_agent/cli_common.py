"""What the commands share: their options, the settings, a call to the running agent, and its answer on the terminal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from padkit_agent.config import Settings, load_settings
from padkit_sdk.errors import PadkitError

CONFIG = click.option(
    "--config",
    "config",
    envvar="PADKIT_AGENT_CONFIG",
    required=True,
    type=click.Path(path_type=Path),
    help="The agent's settings, agent.toml (or PADKIT_AGENT_CONFIG).",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def load(path: Path) -> Settings:
    """Read the settings; a refusal ends the command."""
    try:
        return load_settings(path)
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc


def call(path: Path, method: str, route: str, body: object = None) -> dict[str, Any]:
    """Call the running agent; a refusal ends the command."""
    from padkit_agent.api import client

    try:
        return asyncio.run(client.call(load(path).api.socket, method, route, body))
    except client.ApiError as exc:
        raise click.ClickException(str(exc)) from exc


def echo(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Print rows as a table."""
    from padkit_agent.api.tables import lines

    for line in lines(rows, columns):
        click.echo(line)


def read_json(file: Any) -> Any:
    """Read a JSON file that a person gave."""
    try:
        return json.load(file)
    except ValueError as exc:
        raise click.ClickException(f"{file.name}: not JSON ({exc}); give one object of fields") from exc


def table(answer: dict[str, Any], key: str, columns: tuple[str, ...], *, as_json: bool) -> None:
    """Print one list of an answer, or the whole answer as JSON."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        echo(answer[key], columns)
