"""From the table to single trials: which device, which fault, how it is armed; and how one trial runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recovery_box import CardBox, EjectBox
from recovery_recording import Recording
from recovery_table import ROWS, ROWS_OF, Cure, Row
from recovery_work import IdentityReader, IdentityReaderOnAir, Module, ModuleWithPicture, Pad, Parts, PinPad, Uru, Work

from padkit_sdk import PadkitError
from padkit_sim.control import words as w
from padkit_sim.faults import ArgValue
from padkit_sim.kitfile.types import TYPES
from padkit_sim.wires import FAULTS_ON

ANY = 4  # works in which a fault must have struck
WORKS: tuple[type[Work], ...] = (
    CardBox,
    EjectBox,
    IdentityReader,
    IdentityReaderOnAir,
    PinPad,
    Uru,
    Module,
    ModuleWithPicture,
    Pad,
    Recording,
)


@dataclass(frozen=True)
class Trial:
    """One fault on one device."""

    work: type[Work]
    fault: str
    args: Mapping[str, ArgValue]
    nth: int
    row: Row

    def __str__(self) -> str:
        given = ",".join(f"{key}={value}" for key, value in self.args.items())
        return f"{self.work.type}-{self.work.wire}-{self.fault}({given})-{self.nth}"

    @property
    def strikes(self) -> bool:
        """Whether it ever does on this device."""
        return self.work.acknowledges or not self.row.acks


def faults_of(work: type[Work]) -> tuple[str, ...]:
    """All that can go wrong with that device on its wire, as far as this work is about it."""
    names = (spec.name for spec in (*TYPES[work.type].faults, *FAULTS_ON[work.wire]))
    return tuple(name for name in names if work.concerns(name))


def trials(works: tuple[type[Work], ...]) -> Iterator[Trial]:
    """Every trial of these devices."""
    for work in works:
        for fault in faults_of(work):
            every = list(_trials_of(work, fault))
            yield from every[:1] if work.brief else every


def _trials_of(work: type[Work], fault: str) -> Iterator[Trial]:
    for row in ROWS_OF.get((work.type, fault), ROWS.get(fault, ())):
        for args in _kinds(work, fault, row.args):
            for nth in row.nth:
                yield Trial(work, fault, args, nth, row)


def _kinds(work: type[Work], fault: str, args: Mapping[str, ArgValue]) -> list[Mapping[str, ArgValue]]:
    """A fault of USB strikes each kind of transfer that the work is made of; only answers of the device arrive twice."""
    if not fault.startswith("usb."):
        return [args]
    kinds = [kind for kind in work.usb_kinds if (fault, kind) != ("usb.repeat", "control")]
    return [{**args, "on": kind} for kind in kinds]


async def recover(work: Work, trial: Trial, right: Parts) -> None:
    """Work until the fault has struck, with nothing but right answers and the SDK's errors; cure it, and work again."""
    index = await work.door.arm(trial.fault, dict(trial.args), trial.nth)
    for _ in range(ANY):
        check(await work.once(), right, trial.row)
        if trial.row.closes:
            await work.close()
        if struck := await work.door.struck(index):
            break
    assert struck is trial.strikes, "it struck" if struck else "it never struck"
    if struck:
        await cure(work, trial)
    again = await work.once()
    if isinstance(again, PadkitError):
        raise AssertionError("not recovered") from again
    assert again == right
    await work.settle()


def check(got: Parts | PadkitError, right: Parts, row: Row) -> None:
    """A right answer, but for what the fault truly changes, or an error that says something."""
    if isinstance(got, PadkitError):
        assert str(got)
        return
    wrong = {name: got[name] for name in right if got[name] != right[name] and name not in row.differs}
    assert not wrong, f"wrong: {wrong}, expected {right}"


async def cure(work: Work, trial: Trial) -> None:
    """What the row says that a person does."""
    door = work.door
    match trial.row.cure:
        case Cure.NOTHING:
            pass
        case Cure.CLEAR:
            await door.ask(w.Clear(trial.fault))
        case Cure.PLUG:
            await door.ask(w.Plug(door.device))
        case Cure.REPLUG:
            await door.replug()
        case Cure.SWAP:
            await door.swap_back()
        case Cure.LOOSEN:
            await work.touch("clear_jam")
        case Cure.OPEN:
            await work.touch("remove_card")
