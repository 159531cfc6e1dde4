"""The people of a kit file: invented, with documents in the four layouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from padkit_sim.devices.identity_reader import Foreigner2017, Foreigner2023, Permit, Person, Resident
from padkit_sim.devices.identity_reader.record import Document, check_char, too_long
from padkit_sim.kitfile.table import Table

UNASSIGNED_REGION = "999999"  # no real person's number begins like this
DATE = r"[0-9]{8}"
DATE_MEANS = "a date as YYYYMMDD"
END_DATE = rf"{DATE}|长期"
END_MEANS = "a date as YYYYMMDD, or 长期"
SEX, SEX_MEANS = r"[0129]", "0 unknown, 1 male, 2 female or 9 unstated"


def person(table: Table) -> Person:
    """One `[[device.person]]`. Raises `SimRefused`."""
    layouts: Mapping[str, Callable[[Table], Document]] = {
        "resident": _resident,
        "permit": _permit,
        "foreigner_2017": _foreigner_2017,
        "foreigner_2023": _foreigner_2023,
    }
    found = Person(
        id=table.text("id", pattern=r"[a-z0-9_]+", means="a short name of a-z, 0-9 and _"),
        document=layouts[table.choice("layout", tuple(layouts))](table),
        fingers=table.whole("fingers", 1, most=2),
        new_address=table.text("new_address", "", pattern=r".{0,35}", means="at most 35 characters"),
    )
    table.end()
    if problem := too_long(found.document.fields()):
        table.refuse("id", f"{problem}; shorten it")
    return found


def _resident(table: Table) -> Resident:
    return Resident(
        name=table.text("name"),
        sex=_sex(table),
        nation=table.text("nation", "01", pattern=r"[0-9]{2}", means="two digits of GB/T 3304"),
        birth=_date(table, "birth"),
        address=table.text("address"),
        number=_number(table, prefix=UNASSIGNED_REGION),
        issuer=table.text("issuer"),
        valid_from=_date(table, "valid_from"),
        valid_to=_end_date(table),
    )


def _permit(table: Table) -> Permit:
    return Permit(
        name=table.text("name"),
        sex=_sex(table),
        birth=_date(table, "birth"),
        address=table.text("address"),
        number=_number(table, prefix=""),
        issuer=table.text("issuer"),
        valid_from=_date(table, "valid_from"),
        valid_to=_end_date(table),
        pass_number=table.text("pass_number"),
        issues=table.text("issues", "01"),
    )


def _foreigner_2017(table: Table) -> Foreigner2017:
    return Foreigner2017(
        english_name=table.text("english_name"),
        sex=_sex(table),
        number=table.text("number", pattern=r"[A-Z]{3}[0-9]{12}", means="15 characters, three letters first"),
        country=_country(table),
        name=table.text("name", ""),
        valid_from=_date(table, "valid_from"),
        valid_to=_end_date(table),
        birth=_date(table, "birth"),
        version=table.text("version", "01"),
        authority=table.text("authority", "0000"),
    )


def _foreigner_2023(table: Table) -> Foreigner2023:
    return Foreigner2023(
        name=table.text("name", ""),
        sex=_sex(table),
        renewals=table.text("renewals", "01"),
        birth=_date(table, "birth"),
        english_name=table.text("english_name"),
        number=_number(table, prefix="9"),
        valid_from=_date(table, "valid_from"),
        valid_to=_end_date(table),
        country=_country(table),
        old_number_link=table.text("old_number_link", ""),
    )


def _sex(table: Table) -> str:
    return table.text("sex", pattern=SEX, means=SEX_MEANS)


def _date(table: Table, key: str) -> str:
    return table.text(key, pattern=DATE, means=DATE_MEANS)


def _end_date(table: Table) -> str:
    return table.text("valid_to", pattern=END_DATE, means=END_MEANS)


def _country(table: Table) -> str:
    return table.text("country", pattern=r"[A-Z]{3}", means="three letters of GB/T 2659")


def _number(table: Table, *, prefix: str) -> str:
    number = table.text("number", pattern=r"[0-9]{17}[0-9X]", means="17 digits and a check character")
    if not number.startswith(prefix):
        table.refuse("number", f"give an invented number that begins with {prefix}")
    if check_char(number[:17]) != number[17]:
        table.refuse("number", f"its check character is {check_char(number[:17])}; correct the last place")
    return number
