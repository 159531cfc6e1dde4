"""From the settings to what the kit data key is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from padkit_agent.config.settings import Keys
from padkit_agent.store.vault.bound import Binding
from padkit_agent.store.vault.device import NAME, DeviceKeyFile
from padkit_agent.store.vault.disk import Disk
from padkit_agent.store.vault.traits import read_traits
from padkit_contract.crypto import Suite
from padkit_contract.keyfile import read_password

KEY_FILES = "*.key.pem"


def binding_of(keys: Keys, suite: Suite, environ: Mapping[str, str], random_bytes: Callable[[int], bytes]) -> Binding:
    """Return the device key beside the kit data key, and this machine's traits (or a simulated one's: ``PADKIT_SYSFS``)."""
    device = DeviceKeyFile(
        keys.data_key.with_name(NAME),
        suite,
        lambda: read_password(keys.password_file),
        Disk(random_bytes),
        random_bytes,
    )
    sysfs = Path(environ.get("PADKIT_SYSFS", "/sys"))
    traits = read_traits(sysfs) if keys.bind_to_hardware else ()
    return Binding(device, traits, hardware=keys.bind_to_hardware, identity=lambda: key_files(keys.folder))


def key_files(folder: Path) -> list[Path]:
    """Return the private keys in a kit's folder, and in the folders beside it that a renewal makes or leaves behind."""
    return [*sorted(folder.glob(KEY_FILES)), *sorted(folder.parent.glob(f"{folder.name}.*/{KEY_FILES}"))]
