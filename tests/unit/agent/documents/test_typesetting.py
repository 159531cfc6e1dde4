"""Set documents, read again by poppler: the same bytes always, every value as it was given, nothing drawn as a box."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padkit_agent.documents import Fonts, Rendered, Shelf, page_pictures, render, spoken
from padkit_agent.documents.letters import trouble
from padkit_agent.documents.template import Kind
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

from .values import GOOD

CASES = [(name, language, elder) for name in GOOD for language in ("zh-CN", "en") for elder in (False, True)]
RARE = "𠮷𪚥㐂·𠀀𪛖𬺰𫖯"
HOSTILE = (
    '#sys.inputs #panic("x") #read("/etc/passwd") $x^2$ *bold* _it_ `raw` = heading // comment /* c */ <label> '
    "@ref \\u{41} ~ -- ... "
    "[#] {#} https://example.com \\ \\n ' \" %s {{x}} <b>&amp; ﬁ ff 1/2 ℃ ①"
)
AGAIN = """
import json, sys
from padkit_agent.documents import open_fonts, open_shelf, render
fonts, shelf = open_fonts(), open_shelf()
for name, values in json.load(sys.stdin).items():
    print(render(shelf.find(name), values, fonts, language="zh-CN").pdf_sm3)
"""
A4 = (595, 842)


def run(program: str, *arguments: str, pdf: bytes) -> str:
    return subprocess.run([program, *arguments], input=pdf, capture_output=True, check=True).stdout.decode()


def text(pdf: bytes) -> str:
    """What poppler reads, in the order it was set, without any space."""
    return re.sub(r"\s", "", run("pdftotext", "-raw", "-", "-", pdf=pdf))


def bare(value: str) -> str:
    return re.sub(r"\s", "", value)


@pytest.fixture(scope="session")
def rendered(shelf: Shelf, kit_fonts: Fonts, poppler: None) -> dict[tuple[str, str, bool], Rendered]:
    return {
        (name, language, elder): render(shelf.find(name), GOOD[name], kit_fonts, language=language, elder=elder)
        for name, language, elder in CASES
    }


@pytest.mark.parametrize("case", CASES)
def test_a_set_document_holds_its_title_and_every_text_that_was_given(case, rendered, shelf) -> None:
    read = text(rendered[case].pdf)
    template = shelf.find(case[0]).template
    assert bare(template.title[case[1]]) in read
    for field in template.fields:
        if field.kind is Kind.TEXT and field.name in GOOD[case[0]]:
            assert bare(str(GOOD[case[0]][field.name])) in read, field.name


@pytest.mark.parametrize("case", CASES)
def test_the_fonts_are_inside_as_subsets_and_can_be_read_again(case, rendered) -> None:
    fonts = run("pdffonts", "-", pdf=rendered[case].pdf).splitlines()[2:]
    assert fonts
    for line in fonts:
        assert re.search(r"^[A-Z]{6}\+(NotoSansCJKsc|HanaMin).* yes yes yes +\d+ +\d+$", line), line


def test_the_digests_are_those_of_the_file_and_of_the_template(rendered, shelf) -> None:
    told = rendered["D-CRS", "en", True]
    assert told.pdf_sm3 == sm3(told.pdf).hex()
    assert told.template_sm3 == shelf.find("D-CRS").sm3
    assert (told.document, told.version, told.language, told.elder) == ("D-CRS", 1, "en", True)
    assert "%PDF" not in repr(told)


def test_language_and_size_change_the_document(rendered) -> None:
    assert len({it.pdf_sm3 for it in rendered.values()}) == len(CASES)


def test_the_same_values_give_the_same_bytes_in_another_process(rendered) -> None:
    other = subprocess.run(
        [sys.executable, "-c", AGAIN], input=json.dumps(GOOD), capture_output=True, text=True, check=True
    )
    assert other.stdout.split() == [rendered[name, "zh-CN", False].pdf_sm3 for name in GOOD]


@pytest.mark.parametrize("case", CASES)
def test_the_same_values_give_the_same_bytes_again(case, rendered, shelf, kit_fonts) -> None:
    name, language, elder = case
    turned = dict(reversed(GOOD[name].items()))
    assert render(shelf.find(name), turned, kit_fonts, language=language, elder=elder).pdf == rendered[case].pdf


@pytest.mark.parametrize("elder", [False, True])
def test_there_is_a_picture_of_each_page_for_a_screen(rendered, shelf, kit_fonts, elder: bool) -> None:
    pages = page_pictures(shelf.find("D-CRS"), GOOD["D-CRS"], kit_fonts, language="en", elder=elder)
    told = run("pdfinfo", "-", pdf=rendered["D-CRS", "en", elder].pdf)
    assert re.search(rf"Pages: +{len(pages)}\n", told)
    sizes = {(it[:8], int.from_bytes(it[16:20]), int.from_bytes(it[20:24])) for it in pages}
    assert sizes == {(b"\x89PNG\r\n\x1a\n", 2 * A4[0] + 1, 2 * A4[1])}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", GOOD)
def test_what_is_read_aloud_stands_in_the_document_and_names_nobody(shelf, kit_fonts, rendered, name, language) -> None:
    told = spoken(shelf.find(name), GOOD[name], kit_fonts, language=language)
    printed = text(rendered[name, language, False].pdf)
    assert told[0] == shelf.find(name).template.title[language]
    assert len(told) > 2
    assert [it for it in told[1:] if bare(it) not in printed] == []
    who = {GOOD[name].get(it) for it in ("customer_name", "id_number", "phone", "home_addr")} - {None}
    assert [it for it in who if bare(str(it)) in bare("".join(told))] == []


def test_the_files_date_is_the_documents_date(rendered) -> None:
    told = run("pdfinfo", "-rawdates", "-", pdf=rendered["D-CRS", "en", False].pdf)
    assert re.search(r"CreationDate: +D:20261123", told)
    assert re.search(r"ModDate: +D:20261123", told)


def test_the_document_is_a_tagged_pdf_for_archives(rendered) -> None:
    pdf = rendered["D-CRS", "zh-CN", False].pdf
    assert re.search(r"Tagged: +yes", run("pdfinfo", "-", pdf=pdf))
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf


def test_rare_characters_come_out_as_they_went_in(shelf, kit_fonts, poppler) -> None:
    told = render(shelf.find("D-CRS"), {**GOOD["D-CRS"], "customer_name": RARE}, kit_fonts, language="zh-CN")
    assert RARE in text(told.pdf)
    assert "HanaMinB" in run("pdffonts", "-", pdf=told.pdf)


def consent(shelf: Shelf, fonts: Fonts, name: str, *, elder: bool = False) -> bytes:
    values = {**GOOD["D-LIABILITY"], "customer_name": name}
    return render(shelf.find("D-LIABILITY"), values, fonts, language="zh-CN", elder=elder).pdf


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_value_is_never_markup(data, shelf, kit_fonts, poppler) -> None:
    pieces = st.sampled_from([*HOSTILE.split(" "), *HOSTILE.replace(" ", "")])
    name = " ".join(data.draw(st.lists(pieces, min_size=1, max_size=12)))[:60].strip()
    assert bare(name) in text(consent(shelf, kit_fonts, name))


def portions(shelf: Shelf, fonts: Fonts, step: int) -> Iterator[dict[str, str]]:
    """Yield values for all texts of the tax declaration, until each `step`th character that is taken was in one."""
    every = (chr(code) for code in range(0x21, 0x30000))
    taken = islice((it for it in every if it in fonts.coverage and not trouble(it) and bare(it)), 0, None, step)
    names = [it.name for it in shelf.find("D-CRS").template.fields if it.kind is Kind.TEXT and it.max_length >= 40]
    while portion := {name: some for name in names if (some := "".join(islice(taken, 40)))}:
        yield portion


def test_every_eleventh_character_that_is_taken_is_read_again(shelf, kit_fonts, poppler) -> None:
    seen = 0
    for portion in portions(shelf, kit_fonts, step=11):
        values = {**GOOD["D-CRS"], "country_3": "-", "tin_3": "-", **portion}
        read = text(render(shelf.find("D-CRS"), values, kit_fonts, language="zh-CN").pdf)
        for value in portion.values():
            assert value in read
            seen += len(value)
    assert seen > 5000


def words(pdf: bytes) -> list[tuple[float, float, float, str]]:
    """Left, right and height of each word, in points."""
    page = ET.fromstring(run("pdftotext", "-bbox", "-", "-", pdf=pdf).partition("<body>")[2].partition("</body>")[0])
    return [
        (float(it.get("xMin")), float(it.get("xMax")), float(it.get("yMax")) - float(it.get("yMin")), it.text or "")
        for it in page.iter()
        if it.tag == "word"
    ]


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("character", "W（%𠀀々…")
def test_no_value_leaves_the_page(character, elder, shelf, kit_fonts, poppler) -> None:
    values = {name: character * 60 if name == "customer_name" else value for name, value in GOOD["D-LIABILITY"].items()}
    told = render(shelf.find("D-LIABILITY"), values, kit_fonts, language="zh-CN", elder=elder)
    assert bare(character * 60) in text(told.pdf)
    assert all(left >= 40 and right <= A4[0] - 40 for left, right, _, _ in words(told.pdf))


def test_a_template_that_the_typesetter_refuses_is_refused_by_name(shelf, kit_fonts) -> None:
    sheet = shelf.find("D-CRS")
    broken = replace(sheet, sources={**sheet.sources, "en": sheet.sources["en"] + b"\n#nothing-of-that-name\n"})
    with pytest.raises(Refused, match="D-CRS 1 in en cannot be set: unknown variable") as refused:
        render(broken, GOOD["D-CRS"], kit_fonts, language="en")
    assert refused.value.reason == "document.layout"


def test_the_typesetter_itself_draws_no_box(shelf, kit_fonts) -> None:
    sheet = shelf.find("D-CRS")
    broken = replace(sheet, sources={**sheet.sources, "en": sheet.sources["en"] + "\nغ\n".encode()})
    with pytest.raises(Refused, match="could not be displayed with font") as refused:
        render(broken, GOOD["D-CRS"], kit_fonts, language="en")
    assert refused.value.reason == "document.layout"
