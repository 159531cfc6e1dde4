"""A made-up machine, its device key (TEST ONLY) and a kit data key bound to both."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from padkit_agent.store.vault import Binding, BoundVault, DeviceKeyFile, Disk, Trait
from padkit_agent.store.vault.opening import key_files
from padkit_contract.crypto import Suite, choose_suite

MACHINE = (
    Trait("dmi.product_uuid", "4c4c4544-0044-4a10-8036-b4c04f4b3532"),
    Trait("dmi.board_serial", "mb-77"),
    Trait("disk", "s5gx 0123"),
    Trait("nic", "00:1b:21:aa:bb:cc"),
    Trait("nic", "00:1b:21:aa:bb:cd"),
)
OTHER_NIC = Trait("nic", "00:1b:21:dd:ee:ff")


def silent(_event: str, /, **_fields: object) -> None:
    """Log nothing."""


@pytest.fixture(scope="session")
def suite() -> Suite:
    return choose_suite(allow_pure=True, log=silent)


@dataclass
class Kit:
    """A folder with a kit's keys, and what its vault said when it was opened."""

    folder: Path
    suite: Suite
    traits: Sequence[Trait] = MACHINE
    hardware: bool = True
    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "data.TEST-ONLY.key"

    @property
    def device_path(self) -> Path:
        return self.folder / "device.key.pem"

    def binding(self, disk: Disk | None = None) -> Binding:
        password: Callable[[], bytes] = lambda: b"TEST ONLY"  # noqa: E731
        device = DeviceKeyFile(self.device_path, self.suite, password, disk or Disk(os.urandom), os.urandom)
        return Binding(device, self.traits, hardware=self.hardware, identity=lambda: key_files(self.folder / "kit"))

    def load(self, *, make: bool = False, disk: Disk | None = None) -> BoundVault:
        def log(event: str, /, **fields: object) -> None:
            self.said.append((event, fields))

        return BoundVault.load(self.path, self.binding(disk), os.urandom, make=make, log=log, disk=disk)

    def with_traits(self, *traits: Trait) -> Kit:
        return replace(self, traits=traits, said=[])


@pytest.fixture
def kit(tmp_path: Path, suite: Suite) -> Kit:
    return Kit(tmp_path / "keys", suite)
