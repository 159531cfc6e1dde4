"""From values to a PDF: the same values give the same bytes, for nothing of time, chance, machine or network goes in.

Values reach the typesetter as data, never as source. PDF/A-2a: fonts inside, tagged for readers aloud, kept readable for
years, and the typesetter itself refuses a character that it has no glyph for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from padkit_agent.documents.fonts import Fonts
from padkit_agent.documents.shelf import TEMPLATES, Sheet
from padkit_agent.documents.template import DATE
from padkit_agent.documents.values import show
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

STANDARD: Final = "a-2a"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as it was set. The digests are SM3 in hex: of the PDF's bytes, and of the template's files."""

    document: str
    version: int
    language: str
    elder: bool
    pdf: bytes = field(repr=False)
    pdf_sm3: str
    template_sm3: str


def render(sheet: Sheet, values: Mapping[str, object], fonts: Fonts, *, language: str, elder: bool = False) -> Rendered:
    """Set a document. `elder` sets it in large type. Works for some milliseconds and blocks.

    Raises:
        ValueRefused: a value that the template does not take; the document is not set (see `values.show`).
        Refused: ``document.language``; ``document.layout`` when the typesetter refuses the template.
    """
    import typst  # 80 MB of program: only where documents are set

    template = sheet.template
    shown = show(template, language, values, fonts.coverage)
    data = {
        "id": template.id,
        "version": template.version,
        "title": template.title[language],
        "signed_by": template.signed_by,
        "language": language,
        "elder": elder,
        "date": [int(it) for it in str(values[DATE]).split("-")],
        "fields": {name: asdict(it) for name, it in shown.items()},
    }
    try:
        typesetter = typst.Compiler(
            sheet.sources[language],
            root=TEMPLATES,
            font_paths=fonts.faces,
            ignore_system_fonts=True,
            sys_inputs={"document": json.dumps(data)},
        )
        pdf = typesetter.compile(format="pdf", pdf_standards=[STANDARD])
    except typst.TypstError as exc:
        told = f"document {template.id} {template.version} in {language} cannot be set: {exc.message}; report it"
        raise Refused("document.layout", told) from exc
    assert isinstance(pdf, bytes)  # a list comes of pictures only
    return Rendered(template.id, template.version, language, elder, pdf, sm3(pdf).hex(), sheet.sm3)
