"""`padkit-central`: the service and its commands. What a command needs is imported when it is called."""

from __future__ import annotations

import gc
from importlib import import_module

import click

COMMANDS = {
    "serve": ("padkit_central.commands.serve", "serve", "Run the service."),
    "policy": ("padkit_central.commands.policy", "policy", "Parameters and waivers of an entity, in versions."),
    "stock": ("padkit_central.commands.stock", "stock", "Valuable blanks: who holds which cards."),
    "ledger": ("padkit_central.commands.audit", "ledger", "Show where every card is."),
    "cases": ("padkit_central.commands.audit", "cases", "Show what a person must close."),
    "command": ("padkit_central.commands.command", "command", "Order kits to do something."),
    "authorise": ("padkit_central.commands.authorise", "authorise", "Look at requests for authorisation, decide."),
    "audit": ("padkit_central.commands.trail", "audit", "Who ordered what, unchanged."),
    "reconcile": ("padkit_central.commands.audit", "reconcile", "Compare the ledger with the core's books."),
    "envelope": ("padkit_central.commands.envelope", "envelope", "Messages in files: seal, open, verify, inspect."),
    "chain": ("padkit_central.commands.chain", "chain", "Are the kits' records the ones that they signed?"),
    "evidence": ("padkit_central.commands.evidence", "evidence", "Evidence packages: are they what kits signed?"),
    "crypto": ("padkit_central.commands.crypto", "crypto", "Is this machine's cryptography fit?"),
    "kit": ("padkit_central.commands.kit", "kit", "Who kits are, and who of them may come in."),
    "device": ("padkit_central.commands.device", "device", "Peripherals: where each is and was."),
    "user": ("padkit_central.commands.user", "user", "Who may decide at central."),
    "risk": ("padkit_central.commands.risk_kits", "risk", "Which kit is at risk, and why: rules and recorded days."),
    "ca": ("padkit_central.ca.cli", "group", "Test certificate authority."),
}


class _Late(click.Group):
    """A group whose commands are imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        gc.disable()  # next to nothing of what an import makes is ever thrown away
        command = getattr(import_module(module), name)
        gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.command(cls=_Late)
def main() -> None:
    """The light service behind the kits, and what an administrator does with it.

    Exit codes: 0 done, 1 refused with the reason on the error stream, 2 wrong use, 3 `reconcile` found differences,
    4 an order that was waited for is still pending.
    """


if __name__ == "__main__":
    main()
