"""Powering the U.are.U up (manual 4): reboot loop, power down, power up, and the message that it is awake."""

from __future__ import annotations

import asyncio

from padkit_fingerprint.uru4500.protocol import AWAKE, INFO_SIZE, KEPT, LOW_POWER, REBOOT, Register, Said
from padkit_fingerprint.uru4500.registers import Ear, Registers
from padkit_sdk import DeviceFault
from padkit_sdk.deadline import Deadline

LOOKS = 100  # manual 4, steps 2 and 4
PAUSE_S = 0.01
AWAKE_S = 0.3
TRIES = 4  # the first and three more


async def start_up(registers: Registers, ear: Ear, device: str, deadline: Deadline) -> bytes:
    """Power the reader up; its 16 bytes of information. The message may come before the writes end, and often.

    Raises `DeviceFault` ``finger.no_start`` with the last HWSTAT in `raw`, and what `Registers` does.
    """
    await ear.forget()
    state = 0
    for _ in range(TRIES):
        state = await _settled(registers, deadline)
        if not state & LOW_POWER:
            await _set(registers, state | LOW_POWER, deadline)
        if not await _powered(registers, state, deadline):
            break
        if await ear.wait_for(Said.POWERED_UP, deadline, limit_s=AWAKE_S):
            return await registers.read(Register.INFO, INFO_SIZE, deadline)
    what = f"fingerprint reader {device}: does not start (HWSTAT {state:02X}); unplug it and plug it in again"
    raise DeviceFault("finger.no_start", what, raw=f"{state:02X}")


async def _settled(registers: Registers, deadline: Deadline) -> int:
    """HWSTAT, after a reboot when it asks for one."""
    state = await hwstat(registers, deadline)
    if state & REBOOT != REBOOT:
        return state
    await _set(registers, state & KEPT, deadline)
    for _ in range(LOOKS):
        state = await hwstat(registers, deadline)
        if state & AWAKE:
            break
        await asyncio.sleep(min(PAUSE_S, deadline.left_s()))
    return state


async def _powered(registers: Registers, state: int, deadline: Deadline) -> bool:
    """Whether the low-power bit went away."""
    for _ in range(LOOKS):
        await _set(registers, state & KEPT, deadline)
        if not await hwstat(registers, deadline) & LOW_POWER:
            return True
        await asyncio.sleep(min(PAUSE_S, deadline.left_s()))
    return False


async def hwstat(registers: Registers, deadline: Deadline) -> int:
    """The health bits."""
    return (await registers.read(Register.HWSTAT, 1, deadline))[0]


async def _set(registers: Registers, state: int, deadline: Deadline) -> None:
    await registers.write(Register.HWSTAT, bytes([state]), deadline)
