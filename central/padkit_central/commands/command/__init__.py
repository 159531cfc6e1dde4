"""`padkit-central command`: orders to kits, asked for, approved, cancelled and followed. Talks to the running service."""

from padkit_central.commands.command import asking, consent, status, unlocking
from padkit_central.commands.command.group import command

__all__ = ["asking", "command", "consent", "status", "unlocking"]
