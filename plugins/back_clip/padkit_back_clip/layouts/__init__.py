"""The four text layouts of the card's chip, one file each; `read_person` picks by content."""

from padkit_back_clip.layouts.pick import read_person
from padkit_back_clip.layouts.text import Person, latest_address

__all__ = ["Person", "latest_address", "read_person"]
