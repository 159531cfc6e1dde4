"""Customer documents: what a person reads and signs, set as PDF from versioned templates, on the kit, without network."""

from padkit_agent.documents.fonts import Fonts, open_fonts
from padkit_agent.documents.shelf import TEMPLATES, Shelf, open_shelf
from padkit_agent.documents.template import Field, Kind, Room, Template, When
from padkit_agent.documents.typesetting import Rendered, page_pictures, render, render_signed, spoken
from padkit_agent.documents.values import ValueRefused

__all__ = [
    "TEMPLATES",
    "Field",
    "Fonts",
    "Kind",
    "Rendered",
    "Room",
    "Shelf",
    "Template",
    "ValueRefused",
    "When",
    "open_fonts",
    "open_shelf",
    "page_pictures",
    "render",
    "render_signed",
    "spoken",
]
