"""`padkit-agent page` opens the kit page, `practice` begins a kit to practise on, `openapi` describes what the page talks to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from padkit_agent.cli_common import AS_JSON, CONFIG, call


@click.command()
@CONFIG
@AS_JSON
def page(config: Path, *, as_json: bool) -> None:
    """Print an address that opens the kit page: good once, for a minute, in a browser on this machine."""
    answer = call(config, "POST", "/v1/page/launch")
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(answer["url"])
        click.echo(f"good once, for {answer['left_s']} s", err=True)


@click.command()
def practice() -> None:
    """Begin a kit to practise on: simulated devices, nothing sent, thrown away at its end (Ctrl-C). Needs padkit-sim beside us.

    Prints the address that opens its page and how to sign in there. No setting, key or device of this kit is used.
    """
    from padkit_agent.api.practice import KEPT, PROGRAM, WORD

    if not PROGRAM.is_file():
        raise click.ClickException(f"{PROGRAM} is not there; install padkit-sim and padkit-central beside the agent")
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.execve(PROGRAM, [str(PROGRAM), WORD], environment)  # noqa: S606 - it takes our place


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; standard output when left out.")
def openapi(out: Path | None) -> None:
    """Print the description of the local API (OpenAPI 3.1, JSON); needs no running agent."""
    from padkit_agent.api.openapi import description

    text = json.dumps(description(), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise click.ClickException(f"{out}: {exc.strerror}; give a file that can be written") from exc
