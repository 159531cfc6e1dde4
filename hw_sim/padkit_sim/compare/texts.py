"""What the compare says to people, in English and Chinese. One entry for each word of the rules; no I/O here."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_contract.messages import CardState
from padkit_sim.compare.equations import Sum
from padkit_sim.compare.rules import Core, Place, Problem, Remark


class Language(enum.Enum):
    """A language of the terminal."""

    EN = "en"
    ZH = "zh"


Texts = Mapping[enum.Enum, tuple[str, str]]  # English, Chinese

WORDS: Texts = {
    Place.HOPPER: ("hopper", "卡斗"),
    Place.PATH: ("path", "通道"),
    Place.GATE: ("gate", "出卡口"),
    Place.HAND: ("hand", "客户手中"),
    Place.BIN: ("bin", "回收箱"),
    Place.OUT: ("out", "箱外"),
    Place.ABSENT: ("not there", "无此卡"),
    CardState.LOADED: ("loaded", "已装卡"),
    CardState.STAGED: ("staged", "已备卡"),
    CardState.RESERVED: ("reserved", "已绑定"),
    CardState.ISSUED: ("issued", "已开户待交"),
    CardState.HANDED_OVER: ("handed over", "已交客户"),
    CardState.CAPTURED: ("captured", "已回收"),
    CardState.CAPTURED_LIVE: ("captured, live", "已回收（户有效）"),
    CardState.VOID_PENDING: ("to be voided", "待作废"),
    CardState.MISSING: ("missing", "缺失"),
    Core.NONE: ("no account", "无账户"),
    Core.LIVE: ("live", "有效"),
    Core.REVERSED: ("reversed", "已冲正"),
    Core.CLOSED: ("closed", "已销户"),
    Core.REPLACED: ("replaced", "已换卡"),
    Core.BLOCKED: ("blocked", "已止付（无户）"),
    Core.BLOCKED_LIVE: ("live, blocked", "有效但已止付"),
    Core.BLOCKED_DEAD: ("ended, blocked", "已终止且止付"),
    Remark.UNDER_WAY: ("under way", "办理中"),
    Remark.IN_CASE: ("in a case", "已立案"),
    Remark.FOUND_AND_BLOCKED: ("found and blocked", "已发现并止付"),
    Remark.FOREIGN: ("a foreign card lies in its place, in a case", "所在位置为外来卡，已立案"),
    Sum.HOPPER: ("cards in the hopper = loaded", "卡斗张数 = 已装卡"),
    Sum.LIVE: ("live accounts = handed over + captured live + issued", "有效账户 = 已交客户 + 已回收（户有效） + 待交"),
    Sum.BIN: ("cards in the bin = captured + to be voided", "回收箱张数 = 已回收 + 待作废"),
    Sum.ORDER: ("cards overtaken in the hopper = 0", "卡斗跳号张数 = 0"),
}

PROBLEMS: Texts = {
    Problem.PLACE: ("the box has the card where the kit's book does not", "卡箱中的位置与设备账不符"),
    Problem.CORE: ("the core's account does not go with the place and the book", "核心账户状态与卡片位置、设备账不符"),
    Problem.NOT_BLOCKED: ("the card is missing and the core has not blocked it", "卡片缺失而核心未止付"),
    Problem.UNEXCUSED: ("not at rest, and in no open flow and no case", "卡片未落定，既无在办流程也未立案"),
    Problem.CENTRAL: ("central's book is not the kit's", "中心账与设备账不符"),
    Problem.CENTRAL_NUMBER: ("central has another card number under this voucher", "同一重空序号在中心为另一卡号"),
    Problem.FOREIGN: ("another card lies in its place and no case says so", "所在位置为外来卡且未立案"),
    Problem.STRANGER: ("no book has this card", "各账均无此卡"),
    Problem.UNSENT: ("the core has an account that central did not send", "核心有账户而中心无发送记录"),
    Problem.NO_ACCOUNT: ("central had a yes, the core has no account", "中心记录成功而核心无账户"),
    Problem.REFUSED_LIVE: ("central had a no, the core has an account", "中心记录失败而核心有账户"),
    Problem.UNDECIDED: (
        "the core has an account, central does not know and nothing asks",
        "核心有账户而中心结果未知且无人查证",
    ),
    Problem.CASE_NOT_AT_CENTRAL: ("the kit has a case that central has not", "设备已立案而中心无此案"),
}

NEXT: Texts = {
    Problem.PLACE: ("two people count box and bin, then correct the book by a case", "双人清点卡箱与回收箱，立案更正"),
    Problem.CORE: ("reverse today, or block the card; open a case", "当日冲正或止付，并立案"),
    Problem.NOT_BLOCKED: ("block the card at the core now, then look for it", "立即在核心止付并查找"),
    Problem.UNEXCUSED: ("let the kit finish its flow, or open a case", "待设备办完流程，否则立案"),
    Problem.CENTRAL: ("let the kit upload, then repair central from its ledger", "待设备上送后按设备账修复中心"),
    Problem.CENTRAL_NUMBER: ("hold the check-out slip against the card", "核对领用单与卡片"),
    Problem.FOREIGN: ("secure the card, open a case", "封存该卡并立案"),
    Problem.STRANGER: ("secure the card, block its number, open a case", "封存该卡、止付并立案"),
    Problem.UNSENT: ("repair central from the kit's package, or open a case", "按设备证据包修复中心，否则立案"),
    Problem.NO_ACCOUNT: ("inquire by serial; the customer must not leave with this card", "按流水查证，不得交卡"),
    Problem.REFUSED_LIVE: ("inquire by serial, then reverse today", "按流水查证后当日冲正"),
    Problem.UNDECIDED: ("let central inquire by serial", "由中心按流水查证"),
    Problem.CASE_NOT_AT_CENTRAL: ("let the kit upload", "待设备上送"),
}

PHRASES: Mapping[str, tuple[str, str]] = {
    "voucher": ("voucher", "重空序号"),
    "ends_with": ("ends with", "卡号末四位"),
    "box": ("box", "卡箱"),
    "kit": ("kit", "设备"),
    "central": ("central", "中心"),
    "core": ("core", "核心"),
    "verdict": ("verdict", "结论"),
    "agrees": ("agree", "一致"),
    "differs": ("DIFFER", "不一致"),
    "card": ("card", "卡"),
    "cards": ("{n} cards", "{n} 张"),
    "next": ("next", "下一步"),
    "count": ("count", "计数"),
    "counted": ("counted", "实点"),
    "booked": ("booked", "账面"),
    "batch": ("batch", "批次"),
    "case": ("case", "案件"),
    "unsent": ("{n} record(s) of the kit are not at central yet", "设备尚有 {n} 条未上送"),
    "all_agree": ("all four agree on {cards} card(s)", "四方一致，共 {cards} 张卡"),
    "some_differ": (
        "{bad} of {cards} card(s) differ, {sums} count(s) do not come out even",
        "共 {cards} 张卡，{bad} 张不一致，{sums} 项计数不平",
    ),
}


def word(value: enum.Enum | None, language: Language) -> str:
    """Return a word of the rules in a language; None is a dash."""
    return "-" if value is None else _pick(WORDS[value], language)


def problem(value: Problem, language: Language) -> tuple[str, str]:
    """Return what is wrong, and what to do next."""
    return _pick(PROBLEMS[value], language), _pick(NEXT[value], language)


def phrase(name: str, language: Language, **values: object) -> str:
    """Return a phrase with its values filled in."""
    return _pick(PHRASES[name], language).format(**values)


def _pick(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language is Language.EN else pair[1]
