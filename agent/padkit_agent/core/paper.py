"""What a customer's documents say of this flow: the fields of each template, from form, chip and policy. No typesetting here.

What the form does not carry is left out; a template that cannot do without it refuses to be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

CONSENT, APPLICATION, LIABILITY, TAX = "D-PI-CONSENT", "D-APPLY-OPEN", "D-LIABILITY", "D-CRS"
BIOMETRICS, TERMS, EBANK, EBANK_TERMS = "D-BIO-CONSENT", "D-ACCT-TERMS", "D-APPLY-EBANK", "D-EBANK-TERMS"
MAINTENANCE, LOSS = "D-APPLY-MAINT", "D-APPLY-LOSS"
APPLICATIONS = frozenset({APPLICATION, MAINTENANCE, LOSS})
RECEIPT = "D-RECEIPT"
LANGUAGE = "zh-CN"  # the text that binds; a page may explain it in another one
BANK_TIME = timezone(timedelta(hours=8))  # a document is dated where the bank is
LONG_TERM = "长期"
BUSINESS = {"ACC-01": "个人开卡"}
OCCUPATIONS = {
    "farmer": "农民",
    "worker": "工人",
    "employee": "职员",
    "student": "学生",
    "retired": "退休人员",
    "self_employed": "个体经营者",
}
TAX_STATUS = {"cn_only": "resident", "non_resident": "non_resident", "both": "both"}
SEX = {"1": "male", "2": "female"}
CHINESE = "中国"


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """One document of a flow, with all that its text needs besides form and chip, so that it is set again as it was.

    `item` is the evidence that it becomes. `version`, `template` and `digest` are known once it was set: the template's
    version and SM3, and the SM3 of the PDF that the customer reads.
    """

    item: str
    document: str
    date: str
    bank: str
    keep_years: int
    elder: bool
    language: str = LANGUAGE
    version: int = 0
    template: str = ""
    digest: str = ""
    alternative: bool = True  # there is another way than a picture of the face
    facts: dict[str, str] = {}  # of a receipt: what the bank answered
    business: str = ""  # the function's Chinese name; empty in journals of before it was kept


def today(at: str) -> str:
    """Return the bank's date at the moment `at` (ISO 8601)."""
    return datetime.fromisoformat(at).astimezone(BANK_TIME).date().isoformat()


def values(
    paper: Paper, business: str, serial: str, inputs: Mapping[str, Any], identity: Mapping[str, Any]
) -> dict[str, object]:
    """Return the fields of `paper`'s template, as far as they are known."""
    known = {"bank_name": paper.bank, "serial": serial, "date": paper.date, **_of(paper, business, inputs, identity)}
    return {name: value for name, value in known.items() if value not in (None, "")}


def _of(paper: Paper, business: str, inputs: Mapping[str, Any], identity: Mapping[str, Any]) -> dict[str, object]:
    match paper.document:
        case "D-PI-CONSENT":
            return {"business": _named(paper, business), "keep_years": f"{paper.keep_years:02}", "marketing": False}
        case "D-APPLY-OPEN":
            return {**_person(identity), **_application(inputs, identity)}
        case "D-APPLY-MAINT" | "D-APPLY-LOSS":
            return {**_person(identity), "business": _named(paper, business), **_maintenance(inputs)}
        case "D-RECEIPT":
            return {"business": _named(paper, business), "customer_name": identity.get("name"), **paper.facts}
        case "D-LIABILITY":
            return {**_person(identity), "pledge": "ticked"}
        case "D-BIO-CONSENT":
            return {"business": _named(paper, business), "alternative": paper.alternative}
        case "D-ACCT-TERMS":
            account = _application(inputs, identity)
            return {
                **_person(identity),
                **{it: account[it] for it in ("account_class", "card_product", "daily_limit_fen")},
            }
        case "D-APPLY-EBANK":
            account = _application(inputs, identity)
            asked = ("phone", "sms", "mobile_banking", "daily_limit_fen")
            return {**_person(identity), **{it: account[it] for it in asked}}
        case "D-EBANK-TERMS":
            return _person(identity)
        case _:
            return {**_person(identity), **_taxes(inputs, identity)}


def _person(identity: Mapping[str, Any]) -> dict[str, object]:
    return {
        "customer_name": identity.get("name"),
        "id_kind": "resident",  # no other card opens a flow
        "id_number": identity.get("cert_no"),
    }


def _named(paper: Paper, business: str) -> str:
    return paper.business or BUSINESS.get(business, business)


def _maintenance(inputs: Mapping[str, Any]) -> dict[str, object]:
    """What is changed, as far as the form has it; numbers with their last four digits."""
    return {
        "card": _last4(inputs.get("card_no")),
        "account": _last4(inputs.get("acct_no")),
        "phone": inputs.get("phone"),
        "purpose": inputs.get("open_purpose"),
        "remark": inputs.get("remark"),
    }


def _last4(number: object) -> str | None:
    return f"****{str(number)[-4:]}" if number else None


def _taxes(inputs: Mapping[str, Any], identity: Mapping[str, Any]) -> dict[str, object]:
    """Where he pays taxes; of who pays them elsewhere also what `tax_details` holds, under the template's own names."""
    status = TAX_STATUS.get(str(inputs.get("tax_residency")), inputs.get("tax_residency"))
    if status == "resident":
        return {"tax_status": status}
    details = inputs.get("tax_details")
    known = details if isinstance(details, Mapping) else {}
    return {**known, "tax_status": status, "birth_date": day(str(identity.get("birth_date", "")))}


def _application(inputs: Mapping[str, Any], identity: Mapping[str, Any]) -> dict[str, object]:
    end, job, chosen = str(identity.get("cert_end", "")), inputs.get("occupation"), inputs.get("products_chosen") or ()
    return {
        "sex": SEX.get(str(identity.get("sex"))),
        "birth_date": day(str(identity.get("birth_date", ""))),
        "nationality": CHINESE,
        "id_validity": "long_term" if end == LONG_TERM else "until",
        "id_valid_until": None if end == LONG_TERM else day(end),
        "phone": inputs.get("phone"),
        "address": inputs.get("home_addr"),
        "occupation": OCCUPATIONS.get(str(job), job),
        "employer": inputs.get("employer"),
        "account_class": inputs.get("acct_class"),
        "card_product": inputs.get("card_product"),
        "purpose": inputs.get("open_purpose"),
        "purpose_other": inputs.get("purpose_note"),
        "daily_limit_fen": _fen(inputs.get("limit_day")),
        "sms": "sms" in chosen,
        "mobile_banking": "mobile" in chosen,
    }


def day(text: str) -> str:
    """Return a chip's date (``20300131``, or ``2030-01-31`` already) as ISO 8601."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text.isdigit() and len(text) == 8 else text


def _fen(amount: object) -> int | None:
    try:
        return int(Decimal(str(amount)) * 100)
    except InvalidOperation:
        return None
