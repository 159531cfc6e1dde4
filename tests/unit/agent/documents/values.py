"""Values of invented people for each document."""

from __future__ import annotations

BANK = {
    "bank_name": "延边示例农村商业银行股份有限公司",
    "serial": "KIT0042-20261123-000017",
    "date": "2026-11-23",
}
WHO = {**BANK, "customer_name": "张三"}
CARD = {"id_kind": "resident", "id_number": "222401198001011234"}

GOOD: dict[str, dict[str, object]] = {
    "D-PI-CONSENT": {**BANK, "business": "开立个人银行结算账户", "keep_years": "10", "marketing": False},
    "D-LIABILITY": {**WHO, **CARD, "pledge": "copied"},
    "D-CRS": {
        **WHO,
        **CARD,
        "tax_status": "both",
        "surname": "ZHANG",
        "given_name": "SAN",
        "birth_date": "1980-01-01",
        "birth_place": "中国吉林省延吉市",
        "birth_place_latin": "Yanji, Jilin, China",
        "address_latin": "1 Example Street, Seoul",
        "country_1": "韩国",
        "tin_1": "800101-1234567",
        "country_2": "日本",
        "tin_2": "居民国不发放纳税人识别号",
    },
    "D-APPLY-OPEN": {
        **WHO,
        **CARD,
        "sex": "female",
        "birth_date": "1980-01-01",
        "nationality": "中国",
        "id_validity": "until",
        "id_valid_until": "2036-01-01",
        "phone": "13800000000",
        "address": "吉林省延边朝鲜族自治州延吉市河南街道长白路100号3单元501室",
        "occupation": "农民",
        "account_class": "I",
        "card_product": "示例借记卡",
        "purpose": "other",
        "purpose_other": "人参、木耳购销",
        "daily_limit_fen": 500_000,
        "yearly_limit_fen": 20_000_000,
        "sms": True,
        "mobile_banking": False,
    },
    "D-RECEIPT": {
        **WHO,
        "core_serial": "C20261123000991",
        "business": "个人开户发卡",
        "result": "done",
        "account_class": "I",
        "card_last4": "1234",
        "completed_at": "2026-11-23T10:15:07+08:00",
        "manager": "0071",
        "kit": "kit-0042",
    },
}
