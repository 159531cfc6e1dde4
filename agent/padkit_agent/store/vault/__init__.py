"""How the kit's personal data is sealed, and what its key is bound to."""

from padkit_agent.store.vault.bound import Binding, BoundVault, look
from padkit_agent.store.vault.device import DeviceKey, DeviceKeyFile, DeviceKeySource
from padkit_agent.store.vault.disk import Disk
from padkit_agent.store.vault.erasing import check_not_erased
from padkit_agent.store.vault.opening import binding_of
from padkit_agent.store.vault.sealing import KeyVault, Vault
from padkit_agent.store.vault.traits import Trait, read_traits

__all__ = [
    "Binding",
    "BoundVault",
    "DeviceKey",
    "DeviceKeyFile",
    "DeviceKeySource",
    "Disk",
    "KeyVault",
    "Trait",
    "Vault",
    "binding_of",
    "check_not_erased",
    "look",
    "read_traits",
]
