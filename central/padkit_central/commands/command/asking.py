"""One command for each kind of order."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from padkit_central.commands.admin import Operator, load_operator
from padkit_central.commands.command.group import (
    command,
    hand_in,
    json_option,
    operator_option,
    password_option,
    wait_option,
)
from padkit_central.commands.command.papering import Means, lasting_s, real_means
from padkit_central.commands.common import config_option, plain_text, plainly
from padkit_central.config import Config, load
from padkit_central.kits import OrderPaper
from padkit_contract.commands import (
    AnyOrder,
    Lock,
    Notify,
    Reauthenticate,
    Restrict,
    SetPolicy,
    StopCardBox,
    SupportBundle,
    Unlock,
    Wipe,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What every order is asked for with."""

    config: Config
    kits: tuple[str, ...]
    operator: Operator
    reason: str
    dry_run: bool
    expires_after_s: int | None
    wait_s: float | None
    as_json: bool
    means: Means

    def ask(self, order: AnyOrder) -> None:
        """Sign the order, hand it in, show it; end the program with what became of it when told to wait."""
        now_s = self.means.now_s()
        expires = self.expires_after_s if not self.expires_after_s else now_s + self.expires_after_s
        paper = OrderPaper(
            id=self.means.ids(),
            entity=self.operator.entity,
            kits=self.kits,
            order=order,
            reason=self.reason,
            asked_at=now_s,
            expires=expires,
        )
        body = {"paper": self.operator.sign(paper), "dry_run": self.dry_run}
        hand_in(self.config, "/v1/orders", body, wait_s=None if self.dry_run else self.wait_s, as_json=self.as_json)


def _asking(order: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all orders share; it gets them as its first argument."""

    @config_option
    @click.argument("kits", metavar="KIT...", nargs=-1, required=True)
    @click.option("--reason", required=True, callback=plain_text, help="Why; it goes to the kit and into the trail.")
    @click.option("--entity", help="Whose kits; the operator's own when left out.")
    @click.option("--dry-run", is_flag=True, help="Only say which kits, and whether somebody must approve.")
    @click.option("--expires", "expires_after_s", type=lasting_s, metavar="15m", help="15m, 24h, 30d or never.")
    @operator_option
    @password_option
    @wait_option
    @json_option
    @plainly
    @functools.wraps(order)
    def run(
        config_path: Path, kits: tuple[str, ...], entity: str | None, operator: Path, password_file: Path,
        reason: str, expires_after_s: int | None, wait_s: float | None, *, dry_run: bool, as_json: bool, **more: Any,
    ) -> None:  # fmt: skip
        config = load(config_path)
        who = load_operator(config, operator, password_file)
        if entity not in (None, who.entity):
            raise click.UsageError(f"the operator is one of {who.entity}, not of {entity}")
        asking = Asking(config, kits, who, reason, dry_run, expires_after_s, wait_s, as_json, real_means())
        order(asking, **more)

    return run


@command.command()
@_asking
def lock(asking: Asking) -> None:
    """Lock kits: they refuse everything, at once."""
    asking.ask(Lock())


@command.command()
@_asking
def unlock(asking: Asking) -> None:
    """Lift the lock of kits."""
    asking.ask(Unlock())


@command.command()
@click.option("--text", required=True, callback=plain_text, help="What is shown to whoever works with the kit.")
@_asking
def notify(asking: Asking, text: str) -> None:
    """Show a text on kits."""
    asking.ask(Notify(text))


@command.command()
@_asking
def reauthenticate(asking: Asking) -> None:
    """Let kits begin nothing new until their holder has proved again who he is."""
    asking.ask(Reauthenticate())


@command.command()
@click.option("--business", "businesses", multiple=True, metavar="ID", help="What is refused (repeat); * for all.")
@_asking
def restrict(asking: Asking, businesses: tuple[str, ...]) -> None:
    """Let kits refuse these businesses; the list replaces the one before, an empty one lifts it."""
    asking.ask(Restrict(businesses))


@command.command("stop-box")
@click.option("--allow", is_flag=True, help="Allow it again.")
@_asking
def stop_box(asking: Asking, *, allow: bool) -> None:
    """Stop the card box of kits, or allow it again."""
    asking.ask(StopCardBox(stopped=not allow))


@command.command()
@click.option("--force", is_flag=True, help="Also when something is unsent; it is lost then.")
@click.option("--yes", metavar="KIT", help="The kit's name, in place of typing it.")
@_asking
def wipe(asking: Asking, yes: str | None, *, force: bool) -> None:
    """Erase keys and personal data of one kit, for ever. It needs a lock before it, and another person after it."""
    if len(asking.kits) != 1:
        raise click.UsageError("kits are wiped one by one")
    (kit,) = asking.kits
    if not asking.dry_run and (yes or click.prompt(f"{kit} will be erased. Type its name", err=True)) != kit:
        raise click.UsageError(f"that is not {kit}; nothing was asked")
    asking.ask(Wipe(force=force))


@command.command("set-policy")
@click.option("--version", "version_", type=click.IntRange(min=1), required=True, help="Of the entity's policy.")
@_asking
def set_policy(asking: Asking, version_: int) -> None:
    """Let kits work by this version of the policy, or a newer one."""
    asking.ask(SetPolicy(version_))


@command.command("support-bundle")
@_asking
def support_bundle(asking: Asking) -> None:
    """Let kits send a support bundle; fetch it with `padkit-central kit support-bundle`."""
    asking.ask(SupportBundle())
