"""The kit's vault: its key opens with the device key on the machine it was made on, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from padkit_agent.store.vault.device import DeviceKeySource
from padkit_agent.store.vault.disk import Disk, put, read_private, tidy
from padkit_agent.store.vault.erasing import check_not_erased, erase, erased, refuse_erased
from padkit_agent.store.vault.sealing import KEY_SIZE, KeyVault
from padkit_agent.store.vault.traits import Trait
from padkit_agent.store.vault.wrapped import FEWEST, MAX_FILE, Opened, RandomBytes, unwrap, wrap
from padkit_sdk.errors import Refused

WHAT = "kit data key"


class Log(Protocol):
    """A structured log method, such as structlog's ``log.warning``."""

    def __call__(self, event: str, /, **fields: object) -> object: ...


@dataclass(frozen=True, slots=True)
class Binding:
    """What the kit data key is bound to: this device key and, unless `hardware` is False, these traits of the machine.

    `identity` names the key files by which the kit is known at central; they go with the data key when it is erased.
    """

    device: DeviceKeySource
    traits: Sequence[Trait]
    hardware: bool
    identity: Callable[[], Sequence[Path]] = tuple

    def condemned(self) -> Sequence[Path]:
        """Return what an erase destroys beside the data key, as it lies there now."""
        return (*self.device.files, *self.identity())

    def wanted(self) -> Sequence[Trait]:
        """Return the traits to bind to. Raises `Refused` ``vault.traits`` when there are too few."""
        if not self.hardware:
            return ()
        if len(self.traits) < FEWEST:
            raise Refused(
                "vault.traits",
                f"{WHAT}: {len(self.traits)} hardware traits found, at least {FEWEST} needed (serial numbers of board and disk,"
                " network card); run the agent with the right to read them, or set [keys] bind_to_hardware = false",
            )
        return self.traits

    def stale(self, opened: Opened) -> bool:
        """Tell whether the file is bound to something else than it should be today."""
        return bool(opened.gone or opened.come) if self.hardware else opened.bound


class BoundVault:
    """A `Vault` that knows where its key lies, and can destroy it."""

    def __init__(self, path: Path, keys: Callable[[], Sequence[Path]], disk: Disk, vault: KeyVault) -> None:
        self._path = path
        self._keys = keys
        self._disk = disk
        self._vault: KeyVault | None = vault

    def __repr__(self) -> str:
        return f"BoundVault({self._path})"

    @classmethod
    def load(
        cls, path: Path, binding: Binding, random_bytes: RandomBytes, *, make: bool, log: Log, disk: Disk | None = None
    ) -> BoundVault:
        """Open the key file; with `make` (a kit that has no store yet) make it when there is none.

        A machine that changed within the tolerance is bound anew, a file of 16 bare bytes, as earlier versions wrote it, is
        taken over. A lost key is never made anew: what it sealed would be lost without a word.

        Raises `Refused` ``vault.*``.
        """
        disk = disk or Disk(random_bytes)
        try:
            refuse_erased(path, binding.condemned, disk)
            tidy(disk, path)
            key = _opened(path, binding, random_bytes, disk, make=make, log=log)
        except OSError as exc:
            raise Refused("vault.key", f"{WHAT} {path}: {exc}; see to folder and rights, then start again") from exc
        return cls(path, binding.condemned, disk, KeyVault(key, random_bytes))

    def seal(self, data: bytes, place: str) -> bytes:
        return self._living().seal(data, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        return self._living().open(sealed, place)

    def erase(self, *, at: str) -> None:
        """Forget the key and destroy it on disk; `at` (UTC, ISO) is left in the marker. Calling it again is harmless.

        From the call on everything is refused with ``vault.erased``. Raises `Refused` ``vault.erase`` when the disk does not
        let us; then the next call, or the next start, goes on.
        """
        self._vault = None
        erase(self._path, self._keys(), self._disk, at=at)

    def _living(self) -> KeyVault:
        if self._vault is None:
            raise erased(self._path, "erased while the agent ran")
        return self._vault


def look(path: Path, binding: Binding, random_bytes: RandomBytes) -> KeyVault:
    """Open the key file and change nothing, beside a running agent. Raises `Refused` ``vault.*``."""
    check_not_erased(path)
    raw = read_private(path, WHAT, most=MAX_FILE)
    if raw is None:
        raise Refused("vault.key", f"{WHAT} {path} is not there; was the agent ever started here?")
    if len(raw) == KEY_SIZE:
        return KeyVault(raw, random_bytes)
    return KeyVault(unwrap(raw, binding.device.load(make=False), binding.traits).key, random_bytes)


def _opened(path: Path, binding: Binding, random_bytes: RandomBytes, disk: Disk, *, make: bool, log: Log) -> bytes:
    raw = read_private(path, WHAT, most=MAX_FILE)
    if raw is None and not make:
        raise Refused("vault.key", f"{WHAT} {path}: not there, but a store sealed with it is; restore the file")
    if not binding.hardware:
        log("vault.not_bound", file=path.name)
    if raw is None or len(raw) == KEY_SIZE:
        key, wanted = raw or random_bytes(KEY_SIZE), binding.wanted()
        path.parent.mkdir(parents=True, exist_ok=True)
        device = binding.device.load(make=True)
    else:
        device = binding.device.load(make=False)
        opened = unwrap(raw, device, binding.traits)
        if not binding.stale(opened):
            return opened.key
        key, wanted = opened.key, binding.wanted()
        log("vault.traits_changed", gone=opened.gone, come=opened.come)
    put(disk, path, wrap(key, device, wanted, random_bytes))
    return key
