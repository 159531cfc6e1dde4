"""Kit files: one TOML file per simulated kit, parsed once into frozen values; what is not understood is refused with its line."""

from padkit_sim.kitfile.load import find_kit_file, load, parse, shipped
from padkit_sim.kitfile.schema import DeviceEntry, KitFile
from padkit_sim.kitfile.types import TYPES, VOCABULARY

__all__ = ["TYPES", "VOCABULARY", "DeviceEntry", "KitFile", "find_kit_file", "load", "parse", "shipped"]
