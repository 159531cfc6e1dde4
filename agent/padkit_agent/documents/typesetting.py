"""From values to a PDF: the same values give the same bytes, for nothing of time, chance, machine or network goes in.

Values reach the typesetter as data, never as source. PDF/A-2a: fonts inside, tagged for readers aloud, kept readable for
years, and the typesetter itself refuses a character that it has no glyph for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from padkit_agent.documents.fonts import Fonts
from padkit_agent.documents.handwriting import check_written
from padkit_agent.documents.shelf import TEMPLATES, Sheet
from padkit_agent.documents.template import DATE
from padkit_agent.documents.values import show
from padkit_agent.documents.wording import paragraphs
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused
from padkit_sdk.secrets import HiddenBytes

STANDARD: Final = "a-2a"
SCREEN_PPI = 144.0  # a page of A4 becomes 1191 × 1684 pixels


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as it was set. The digests are SM3 in hex: of the PDF's bytes, of the template's files, and, where it was
    signed, of the PDF that the person signed (else empty).
    """

    document: str
    version: int
    language: str
    elder: bool
    pdf: bytes = field(repr=False)
    pdf_sm3: str
    template_sm3: str
    signed_sm3: str = ""


def render(sheet: Sheet, values: Mapping[str, object], fonts: Fonts, *, language: str, elder: bool = False) -> Rendered:
    """Set a document with empty rooms, for a person to read and sign. `elder` sets it in large type.

    Works for some milliseconds and blocks.

    Raises:
        ValueRefused: a value that the template does not take; the document is not set (see `values.show`).
        Refused: ``document.language``; ``document.layout`` when the typesetter refuses the template.
    """
    return _render(sheet, values, fonts, _How(language, elder))


def render_signed(
    sheet: Sheet,
    values: Mapping[str, object],
    fonts: Fonts,
    written: Mapping[str, HiddenBytes],
    signed_sm3: str,
    *,
    language: str,
    elder: bool = False,
) -> Rendered:
    """Set a document with what a person wrote into its rooms (PNG); each page names the document that was signed.

    `signed_sm3` is the `pdf_sm3` of the document that the person read and signed: these values must give the same one.

    Raises:
        ValueRefused, Refused: as `render`.
        Refused: ``document.changed`` when the values give another document than the one that was signed;
            ``document.handwriting`` when a picture is missing, too many, too large or broken.
    """
    read = render(sheet, values, fonts, language=language, elder=elder)
    if read.pdf_sm3 != signed_sm3:
        told = f"document {read.document}: these values do not give the document that was signed; have it read and signed anew"
        raise Refused("document.changed", told)
    check_written(sheet.template, values, written)
    how = _How(language, elder, signed_sm3, {name: list(it.data) for name, it in written.items()})
    try:
        return _render(sheet, values, fonts, how)
    except Refused as exc:  # without the pictures it could be set
        told = f"document {read.document}: a picture of handwriting cannot be decoded; give a PNG as the signature pad makes it"
        raise Refused("document.handwriting", told) from exc


def page_pictures(
    sheet: Sheet, values: Mapping[str, object], fonts: Fonts, *, language: str, elder: bool = False
) -> tuple[bytes, ...]:
    """Return each page of what `render` gives for these values as a PNG, for a screen. Blocks longer than `render`.

    Raises:
        ValueRefused, Refused: as `render`.
    """
    data = _data(sheet, values, fonts, _How(language, elder))
    return tuple(_compiled(sheet, language, data, fonts, format="png", ppi=SCREEN_PPI))


def spoken(
    sheet: Sheet, values: Mapping[str, object], fonts: Fonts, *, language: str, elder: bool = False
) -> tuple[str, ...]:
    """Return what `render` gives for these values in paragraphs for reading aloud: its title, then all but its fields.

    Raises:
        ValueRefused, Refused: as `render`.
    """
    data = _data(sheet, values, fonts, _How(language, elder))
    (html,) = _compiled(sheet, language, data, fonts, format="html")
    return (sheet.template.title[language], *paragraphs(html.decode()))


@dataclass(frozen=True, slots=True)
class _How:
    language: str
    elder: bool
    signed_sm3: str = ""
    written: Mapping[str, list[int]] = field(default_factory=dict, repr=False)


def _render(sheet: Sheet, values: Mapping[str, object], fonts: Fonts, how: _How) -> Rendered:
    template = sheet.template
    data = _data(sheet, values, fonts, how)
    (pdf,) = _compiled(sheet, how.language, data, fonts, format="pdf", pdf_standards=[STANDARD])
    digests = sm3(pdf).hex(), sheet.sm3, how.signed_sm3
    return Rendered(template.id, template.version, how.language, how.elder, pdf, *digests)


def _data(sheet: Sheet, values: Mapping[str, object], fonts: Fonts, how: _How) -> str:
    """What reaches the typesetter, as JSON."""
    template = sheet.template
    shown = show(template, how.language, values, fonts.coverage)
    data = {
        "id": template.id,
        "version": template.version,
        "title": template.title[how.language],
        "signed_by": template.signed_by,
        "date": [int(it) for it in str(values[DATE]).split("-")],
        "fields": {name: asdict(it) for name, it in shown.items()},
        **asdict(how),
    }
    return json.dumps(data)


def _compiled(sheet: Sheet, language: str, data: str, fonts: Fonts, **form: Any) -> list[bytes]:
    """Set it in one form: a PDF is one file, pictures are one a page."""
    import typst  # 80 MB of program: only where documents are set

    try:
        typesetter = typst.Compiler(
            sheet.sources[language],
            root=TEMPLATES,
            font_paths=fonts.faces,
            ignore_system_fonts=True,
            sys_inputs={"document": data},
        )
        made = typesetter.compile(**form)
    except typst.TypstError as exc:
        template = sheet.template
        told = f"document {template.id} {template.version} in {language} cannot be set: {exc.message}; report it"
        raise Refused("document.layout", told) from exc
    return [made] if isinstance(made, bytes) else [bytes(it) for it in made or ()]
