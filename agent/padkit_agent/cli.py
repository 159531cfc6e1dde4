"""`padkit-agent`: run the agent, and talk to a running one over its unix socket. Imports late, so that help is quick."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from padkit_agent.cli_common import AS_JSON, CONFIG, call, echo, load, read_json, table
from padkit_agent.cli_documents import documents
from padkit_agent.cli_page import openapi, page, practice
from padkit_agent.cli_queue import queue
from padkit_sdk.errors import PadkitError

EXIT_REFUSED = 1
FOUND = ("captured", "captured_live", "handed_over", "missing")


@click.group()
@click.version_option(package_name="padkit-agent")
def main() -> None:
    """The resident program on a kit.

    Exit codes: 0 done, 1 refused with the reason on the error stream (or a failed self-test), 2 wrong use.
    """


main.add_command(documents)
main.add_command(page)
main.add_command(practice)
main.add_command(openapi)
main.add_command(queue)


@main.command()
@CONFIG
def run(config: Path) -> None:
    """Run the agent until SIGTERM or Ctrl-C.

    Prints {"event":"ready",…} as one JSON line when it takes requests; log lines (JSON) go to the error stream. A flow
    that is open when it stops is taken up again at the next start.
    """
    settings = load(config)
    gc.disable()  # until it is ready: next to nothing of what comes up is ever thrown away
    os.environ["SSL_CERT_FILE"] = os.devnull  # aiohttp reads the system's CAs at import; a kit believes its own only
    from padkit_agent import app

    try:
        asyncio.run(app.run(settings))
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc


@main.command()
@CONFIG
@click.option("--url", required=True, help="Central's enrolment door, https://….")
@click.option("--code-file", type=click.File("r"), help="Where the code stands; asked for without echo when left out.")
@click.option("--replace", is_flag=True, help="The kit has keys: make new ones. Central ends the old.")
def enrol(config: Path, url: str, code_file: Any, *, replace: bool) -> None:
    """Make this kit's keys and get certificates for them, with the one-time code of the check-out.

    The private keys never leave the kit, and the code is not sent. When the answer is lost, the same again goes on.
    """
    from padkit_agent import enrolling

    settings = load(config)
    if not url.startswith("https://"):
        raise click.BadParameter(f"{url}: https://HOST:PORT is wanted", param_hint="--url")
    try:
        code = code_file.read() if code_file else click.prompt("Code", hide_input=True)
    except UnicodeDecodeError as exc:
        told = f"{code_file.name} is no text; give the file with the code"
        raise click.BadParameter(told, param_hint="--code-file") from exc
    try:
        enrolling.enrol(settings, url, code, replace=replace, tell=click.echo)
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc


@main.command()
@CONFIG
def renew(config: Path) -> None:
    """Get new certificates now; the agent does it by itself when a third of their life is left."""
    call(config, "POST", "/v1/identity/renew")
    click.echo("renewed")


@main.command()
@CONFIG
@AS_JSON
def status(config: Path, *, as_json: bool) -> None:
    """Show the kit: who it is, its devices, what is open and what waits to be sent."""
    answer = call(config, "GET", "/v1/status")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    devices = ", ".join(f"{it['name']} {it['state']}" for it in answer.pop("devices"))
    standing = " ".join(f"{name}={_plain(value)}" for name, value in answer.pop("standing", {}).items()) or "open"
    shut_out = answer.pop("shut_out", "")
    for name in ("online", "policy"):
        answer[name] = _plain(answer.get(name))
    if shut_out:
        answer["online"] += f", but central does not let this kit in: {shut_out}; bring it to your branch"
    for name, value in {**answer, "standing": standing, "devices": devices}.items():
        click.echo(f"{name:12} {value}")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if value is None:
        return "not yet"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


@main.group()
def device() -> None:
    """The kit's devices."""


@device.command("list")
@CONFIG
@AS_JSON
def list_devices(config: Path, *, as_json: bool) -> None:
    """List the devices, their state and what is wrong with them."""
    answer = call(config, "GET", "/v1/devices")
    table(answer, "devices", ("device", "model", "state", "where", "problem"), as_json=as_json)


@device.command("self-test")
@CONFIG
@AS_JSON
@click.argument("name", metavar="DEVICE")
def self_test(config: Path, name: str, *, as_json: bool) -> None:
    """Let DEVICE (a name of `device list`) test itself; moves no card. Exit code 1 when a check failed."""
    answer = call(config, "POST", f"/v1/devices/{name}/self-test")
    shown = {"checks": [{**it, "passed": "ok" if it["passed"] else "FAILED"} for it in answer["checks"]]}
    table(answer if as_json else shown, "checks", ("name", "passed", "seen"), as_json=as_json)
    sys.exit(0 if all(it["passed"] for it in answer["checks"]) else EXIT_REFUSED)


@device.command()
@CONFIG
@click.argument("name", metavar="DEVICE")
def retry(config: Path, name: str) -> None:
    """Give a quarantined or faulty DEVICE a new chance; a swapped one is taken as the kit's own from now on."""
    call(config, "POST", f"/v1/devices/{name}/retry")


@main.group()
def flow() -> None:
    """Business in progress: begin it, answer what it asks, stop it."""


@flow.command("list")
@CONFIG
@AS_JSON
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
def list_flows(config: Path, *, as_json: bool, everything: bool) -> None:
    """List the open flows: where each stands, what it asks, why it halted."""
    answer = call(config, "GET", "/v1/flows" + ("?all" if everything else ""))
    table(answer, "flows", ("id", "business", "phase", "action", "last4", "asks", "note", "halted"), as_json=as_json)


@main.command()
@CONFIG
@AS_JSON
@click.option("--can", is_flag=True, help="Only what this kit can do now.")
def functions(config: Path, *, as_json: bool, can: bool) -> None:
    """List the functions of the catalogue and of the bank's own: what this kit can do, and why not."""
    answer = call(config, "GET", "/v1/functions")
    if can:
        answer["functions"] = [it for it in answer["functions"] if it["can"]]
    for it in () if as_json else answer["functions"]:
        it["name"] = it["name"]["zh"]
    table(answer, "functions", ("id", "name", "kind", "risk", "authorisation", "can", "why"), as_json=as_json)


@flow.command()
@CONFIG
@click.argument("business")
@click.option("--input", "inputs", required=True, type=click.File("rb"), help="JSON object of the form's fields.")
def start(config: Path, business: str, inputs: Any) -> None:
    """Begin BUSINESS (a catalogue id such as ACC-01) and print the flow's id."""
    click.echo(call(config, "POST", "/v1/flows", {"business": business, "inputs": read_json(inputs)})["flow"])


@flow.command("answer")
@CONFIG
@click.argument("flow_id")
@click.argument("what")
@click.argument("choice")
@click.option("--by", multiple=True, help="Who says so; give it twice where two people must.")
@click.option(
    "--input", "inputs", type=click.File("rb"), help='JSON object {"fields": {…}, "c3": {…}} of values that come along.'
)
def give_answer(config: Path, flow_id: str, what: str, choice: str, by: tuple[str, ...], inputs: Any) -> None:
    """Answer the question WHAT of a flow with CHOICE; `flow list` shows what is asked and the choices.

    Secret values (class C3, such as the PIN block) belong under "c3": they are kept in memory only.
    """
    values = read_json(inputs) if inputs else {}
    call(config, "POST", f"/v1/flows/{flow_id}/answer", {**values, "what": what, "choice": choice, "by": by})


@flow.command()
@CONFIG
@click.argument("flow_id")
def cancel(config: Path, flow_id: str) -> None:
    """Stop a flow at its next safe point (only before the bank was asked)."""
    call(config, "POST", f"/v1/flows/{flow_id}/cancel")


@flow.command()
@CONFIG
@click.argument("flow_id")
def resume(config: Path, flow_id: str) -> None:
    """Let a halted flow go on, once its reason is gone; what may have happened is looked up first."""
    call(config, "POST", f"/v1/flows/{flow_id}/resume")


@flow.command()
@CONFIG
def watch(config: Path) -> None:
    """Print what happens, one JSON line each, until interrupted."""
    from padkit_agent.api.client import ApiError, events

    async def follow() -> None:
        async for line in events(load(config).api.socket):
            click.echo(json.dumps(line, ensure_ascii=False))

    try:
        asyncio.run(follow())
    except ApiError as exc:
        raise click.ClickException(str(exc)) from exc


@main.group()
def case() -> None:
    """Cases: what only people can settle."""


@case.command("list")
@CONFIG
@AS_JSON
@click.option("--all", "everything", is_flag=True, help="Also closed ones.")
def list_cases(config: Path, *, as_json: bool, everything: bool) -> None:
    """List the open cases, the oldest first."""
    answer = call(config, "GET", "/v1/cases" + ("?all" if everything else ""))
    table(answer, "cases", ("id", "reason", "at", "stops_box", "closed_by"), as_json=as_json)


@case.command("close")
@CONFIG
@click.argument("case_id")
@click.option("--by", multiple=True, required=True, help="Who closes it: give it twice, two different people.")
@click.option("--found", type=click.Choice(FOUND), help="Where the two found its card; it is booked in the ledger.")
def close_case(config: Path, case_id: str, by: tuple[str, ...], found: str | None) -> None:
    """Close a case. When the last one that stopped the box is closed, cards may be staged again."""
    call(config, "POST", f"/v1/cases/{case_id}/close", {"by": by, "found": found})


@main.command()
@CONFIG
@AS_JSON
def ledger(config: Path, *, as_json: bool) -> None:
    """Show where each card is by the kit's store, also while no agent runs. Card numbers are whole in JSON only."""
    from padkit_agent.door import read_door

    try:
        door = read_door(load(config))
    except PadkitError as exc:
        raise click.ClickException(str(exc)) from exc
    if standing := door.pop("locked", ""):
        click.echo(f"this kit is {standing}", err=True)
    if as_json:
        click.echo(json.dumps(door, ensure_ascii=False))
        return
    echo([{**it, "card_no": "…" + it["card_no"][-4:]} for it in door["cards"]], ("voucher", "card_no", "state", "flow"))


@main.command("day-end")
@CONFIG
@AS_JSON
def end_day(config: Path, *, as_json: bool) -> None:
    """Send the whole card ledger to central again; exit code 1 when central does not have all of it yet."""
    told = call(config, "POST", "/v1/day-end")
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        echo([told], ("lines", "messages", "waiting", "have", "missing", "refused"))
    sys.exit(EXIT_REFUSED if told["waiting"] or told["missing"] or told["refused"] else 0)


@main.command("support-bundle")
@CONFIG
@click.argument("out", type=click.Path(path_type=Path))
def support_bundle(config: Path, out: Path) -> None:
    """Write what helps to find a fault to OUT, a new file: an envelope (DER) that only the support desk opens.

    It holds versions, settings, devices, counts and the end of the log; no sealed record and nothing of a customer.
    """
    import base64

    try:
        with out.open("xb") as file:
            envelope = call(config, "POST", "/v1/support-bundle")["envelope"]
            size = file.write(base64.b64decode(envelope))
    except FileExistsError as exc:
        raise click.ClickException(f"{out} exists; give a new file") from exc
    except OSError as exc:
        raise click.ClickException(f"{out}: {exc.strerror}; give a file that can be written") from exc
    except click.ClickException:
        out.unlink()
        raise
    click.echo(f"{size} bytes in {out}; only the support desk opens it", err=True)


@main.group()
def unlock() -> None:
    """Unlock a locked kit that has no network, with a code of two people at central."""


@unlock.command()
@CONFIG
@AS_JSON
def challenge(config: Path, *, as_json: bool) -> None:
    """Show the challenge to read to your branch; its code is taken for ten minutes."""
    answer = call(config, "POST", "/v1/unlock/challenge")
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"{answer['challenge']}   good for {answer['left_s']} s, {answer['tries']} tries")


@unlock.command("code")
@CONFIG
@click.argument("digits", metavar="CODE")
@click.option("--by", required=True, help="Who enters it.")
def enter_code(config: Path, digits: str, by: str) -> None:
    """Enter the CODE of the challenge: restricted use until the kit has reached central."""
    call(config, "POST", "/v1/unlock/code", {"code": digits, "by": by})
    click.echo("unlocked for restricted use until central is reached; next: padkit-agent reauthenticate", err=True)


@main.command()
@CONFIG
@click.option("--by", required=True, help="The holder's name, as central knows it.")
def reauthenticate(config: Path, by: str) -> None:
    """Prove that you are the kit's holder, after an order of central and after a code; the passcode is asked without echo."""
    # never a word of the command line: others can read that
    passcode = click.prompt("Passcode", hide_input=True, err=True)
    call(config, "POST", "/v1/reauthenticate", {"by": by, "passcode": passcode})
    click.echo(f"{by} is the kit's holder", err=True)


@main.command()
@CONFIG
@click.option("--by", multiple=True, required=True, help="Who wipes it: give it twice, two different people.")
@click.option("--force", is_flag=True, help="Also when something was not sent to central; it is lost.")
@click.option("--dry-run", is_flag=True, help="Only say what would be lost.")
@click.option("--yes", metavar="KIT", help="The kit's name, in place of typing it.")
def wipe(config: Path, by: tuple[str, ...], yes: str | None, *, force: bool, dry_run: bool) -> None:
    """Destroy the keys of this locked kit, and with them all that it has sealed. There is no way back."""
    kit = load(config).kit.id
    if not dry_run and (yes or click.prompt(f"{kit} will be erased. Type its name", err=True)) != kit:
        raise click.UsageError(f"that is not {kit}; nothing was erased")
    told = call(config, "POST", "/v1/wipe", {"by": by, "force": force, "dry_run": dry_run})
    unsent = ", ".join(f"{business} {count}" for business, count in told["unsent"].items()) or "nothing"
    click.echo(f"{'wiped' if told['wiped'] else 'not wiped'}; not sent to central: {unsent}")
    if told["refused"]:
        raise click.ClickException(told["refused"])


@main.group()
def crypto() -> None:
    """Is this machine's cryptography fit?"""


@crypto.command()
@CONFIG
@AS_JSON
def selftest(config: Path, *, as_json: bool) -> None:
    """Recompute the standards' published examples. Exit code 1 when no backend that policy allows gets every one right."""
    from dataclasses import asdict

    from padkit_contract.crypto.examination import examine

    keys = load(config).keys
    found = examine(allow_pure=keys.allow_pure, library=keys.libcrypto)
    if as_json:
        click.echo(json.dumps({"in_use": found.in_use, **asdict(found)}))
    else:
        for line in found.lines():
            click.echo(line)
    sys.exit(0 if found.in_use else EXIT_REFUSED)
