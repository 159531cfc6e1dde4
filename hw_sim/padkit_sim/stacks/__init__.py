"""Stacks: what a machine has between a wire and a program (tty, usbfs, BlueZ, pcscd), played or started for one kit."""

from padkit_sim.stacks.stack import Ground, Stack, StackKind, Standing
from padkit_sim.stacks.standing import Wires, standing_stacks

__all__ = ["Ground", "Stack", "StackKind", "Standing", "Wires", "standing_stacks"]
