"""Where the values of each side stand, as [the page of layouts](docs/reference/document-layouts.md) says."""

from padkit_ocr.layouts.sides import WINDOWS
from padkit_ocr.layouts.window import CARD_MM, CARD_PX, Window

__all__ = ["CARD_MM", "CARD_PX", "WINDOWS", "Window"]
