"""The form as a step: what kind of account, with which limits and services. What can be chosen follows from catalogue and policy.

What a flow was given when it began is not asked again, unless the policy does not allow it for this customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec.structs import replace

from padkit_agent.core.asked import Choice, Field, Kind, When, choices, misfit, text
from padkit_agent.core.flow import Flow, Rules
from padkit_contract.checks import ABOUT
from padkit_contract.diligence import ANSWERS, LEVEL, Level

CLASSES = choices(
    I=text("I类户", "Class I"),
    II=text("II类户（有限额）", "Class II (with limits)"),
    III=text("III类户（小额）", "Class III (small amounts)"),
)
TAX = choices(
    cn_only=text("仅为中国税收居民", "Tax resident of China only"),
    non_resident=text("仅为非居民", "Tax resident of other countries or regions only"),
    both=text("既是中国税收居民又是其他国家（地区）税收居民", "Tax resident of China and of others"),
)
PRODUCTS = choices(
    sms=text("短信动账通知：每笔收支发一条短信，可能收费", "Message on each movement; may cost a fee"),
    mobile=text("手机银行：在自己的手机上查询和转账，免费", "Mobile banking on the customer's own telephone; free"),
)
ELSEWHERE = When("tax_residency", ("non_resident", "both"))
DETAILS = "tax_details"
LOW, ENHANCED_LOW = "2000.00", "1000.00"  # yuan a day, where the policy names none
CLASS_LIMITS = {"II": ("class2_day_limit", 10000), "III": ("class3_day_limit", 2000)}  # catalogue parameters
FORM_NAMES = frozenset({"home_addr", "card_product", "limit_day", "tax_residency"})
SHEET_NAMES = frozenset({"open_purpose", "occupation", ANSWERS})
STOP = "stop"
BESIDES = frozenset({"employer", "products_chosen", DETAILS, "purpose_note"})  # may be left out


def begin_fields(rules: Rules) -> tuple[Field, ...]:
    """Return what is asked before the customer has shown who he is."""
    every = (
        Field("phone", Kind.PHONE, text("手机号码", "Mobile number")),
        Field("acct_class", Kind.CHOICE, text("账户类别", "Class of account"), choices=CLASSES, value="I"),
        Field("elder_flag", Kind.YES_NO, text("长辈或需要大字的客户", "Elderly, or needs large type"), value=False),
    )
    return tuple(it for it in every if it.name in rules.plan.fields)


def form_fields(flow: Flow, rules: Rules) -> tuple[Field, ...]:
    """Return what is asked on the form of this customer; `value` is what was given, or our choice."""
    products = _card_products(rules)
    every = (
        Field("home_addr", Kind.TEXT, text("常住地址", "Home address")),
        Field("acct_class", Kind.CHOICE, text("账户类别", "Class of account"), choices=CLASSES, value="I"),
        Field("card_product", Kind.CHOICE, text("卡种", "Kind of card"), choices=products, value=_only(products)),
        Field(
            *("limit_day", Kind.MONEY, text("非柜面日累计限额（元）", "Daily limit outside the counter (yuan)")),
            value=_low(flow, rules),
            most=most(flow, rules),
        ),
        Field(
            *("products_chosen", Kind.MANY, text("另外开通的服务（可不选）", "Services besides (none is needed)")),
            required=False,
            choices=PRODUCTS,
            value=[],
        ),
        Field("tax_residency", Kind.CHOICE, text("税收居民身份", "Tax residency"), choices=TAX, value="cn_only"),
        *_tax_details(),
    )
    return tuple(_known(it, flow.inputs) for it in every if it.name.partition(":")[0] in rules.plan.fields)


def _known(field: Field, inputs: Mapping[str, Any]) -> Field:
    """A choice that was made stands there; a text that was given is not told, and need not be given again."""
    if field.name not in inputs:
        return field
    return replace(field, required=False) if field.kind is Kind.TEXT else replace(field, value=inputs[field.name])


def _tax_details() -> tuple[Field, ...]:
    """What D-CRS wants of somebody who pays taxes elsewhere; the names are its own."""
    asked = (
        ("surname", text("姓（英文或拼音）", "Surname in Latin letters"), True, ELSEWHERE),
        ("given_name", text("名（英文或拼音）", "Given name in Latin letters"), True, ELSEWHERE),
        ("birth_place", text("出生地（中文）", "Place of birth, in Chinese"), True, ELSEWHERE),
        ("birth_place_latin", text("出生地（英文或拼音）", "Place of birth, in Latin letters"), True, ELSEWHERE),
        ("address", text("现居地址（中文；境外地址可不填）", "Present address, in Chinese"), False, ELSEWHERE),
        ("address_latin", text("现居地址（英文或拼音）", "Present address, in Latin letters"), True, ELSEWHERE),
        *_residence(1, ELSEWHERE, required=True),
        *_residence(2, ELSEWHERE, required=False),
        *_residence(3, When(f"{DETAILS}:country_2"), required=False),
    )
    return tuple(Field(f"{DETAILS}:{name}", Kind.TEXT, label, must, when=when) for name, label, must, when in asked)


def _residence(number: int, when: When, *, required: bool) -> tuple[tuple[str, dict[str, str], bool, When], ...]:
    country = {"zh-CN": f"税收居民国（地区）{number}", "en": f"Country or region of tax residency {number}"}
    tin = {
        "zh-CN": f"纳税人识别号{number}；没有的写明原因",
        "en": f"Taxpayer number {number}, or why there is none",
    }
    given = when if required else When(f"{DETAILS}:country_{number}")
    return (f"country_{number}", country, required, when), (f"tin_{number}", tin, True, given)


def _card_products(rules: Rules) -> tuple[Choice, ...]:
    """What lies in the box, by the slip; a policy may give it a name that people know."""
    names = rules.parameters.get("card_product_names")
    known = names if isinstance(names, Mapping) else {}
    product = rules.slip.product if rules.slip else ""
    shown = str(known.get(product, product))
    return (Choice(product, {"zh-CN": shown, "en": shown}),) if product else ()


def _only(found: tuple[Choice, ...]) -> str | None:
    return found[0].value if len(found) == 1 else None


def most(flow: Flow, rules: Rules) -> str:
    """Return the highest daily limit that is allowed this customer, empty: none is named."""
    named = []
    if flow.inputs.get(LEVEL) == Level.ENHANCED.value:
        named.append(_amount(rules, "cdd_enhanced_limit_day", ENHANCED_LOW))
    if (it := CLASS_LIMITS.get(str(flow.inputs.get("acct_class")))) is not None:
        named.append(_amount(rules, it[0], str(it[1])))
    return f"{min(named):.2f}" if named else ""


def _low(flow: Flow, rules: Rules) -> str:
    low, highest = _amount(rules, "form_limit_day", LOW), most(flow, rules)
    return f"{min(low, Decimal(highest)) if highest else low:.2f}"


def _amount(rules: Rules, name: str, ours: str) -> Decimal:
    try:
        found = Decimal(str(rules.parameters.get(name, ours)))
    except InvalidOperation:
        return Decimal(ours)
    return found if found.is_finite() and found >= 0 else Decimal(ours)


def fault(flow: Flow, rules: Rules) -> str:
    """Return the field of the form that is missing, or is not allowed this customer; empty when the form is whole."""
    if ANSWERS not in rules.plan.form:
        return ""  # all of it was demanded with the start
    if missing := sorted((rules.plan.form & askable(rules)) - flow.inputs.keys()):
        return missing[0]
    allowed = tuple(it for it in form_fields(flow, rules) if it.name in ("limit_day", *_names(_tax_details())))
    return misfit(allowed, flow.inputs)[0]


def _names(fields: tuple[Field, ...]) -> tuple[str, ...]:
    return tuple(it.name for it in fields)


def askable(rules: Rules) -> frozenset[str]:
    """Return the inputs that a flow asks for by itself when they were not given with its start."""
    if ANSWERS not in rules.plan.form:
        return frozenset()
    return FORM_NAMES | SHEET_NAMES | BESIDES | {"agent_flag", "elder_flag"}


def filled(flow: Flow, given: Mapping[str, Any]) -> Flow:
    """Put what was given into the form; what was found of a former value is void."""
    changed = {name for name, value in given.items() if value != flow.inputs.get(name)}
    void = {name for name, about in ABOUT.items() if changed.intersection(about)}
    return replace(
        flow,
        inputs={**flow.inputs, **given},
        evidence=tuple(it for it in flow.evidence if it.type not in void),
        checks=tuple(it for it in flow.checks if it.type not in void),
    )
