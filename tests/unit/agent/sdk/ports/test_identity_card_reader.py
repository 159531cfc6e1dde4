from __future__ import annotations

from padkit_sdk.ports import DocumentKind, IdentityCard
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber


def test_a_record_shows_neither_name_nor_number_nor_address():
    card = IdentityCard(
        kind=DocumentKind.RESIDENT,
        name=HiddenText("测试甲"),
        number=IdNumber("999999199003071234"),
        sex="1",
        nation="01",
        birth_date="1990-03-07",
        address=HiddenText("虚构省样例市"),
        issuer="样例市公安局",
        valid_from="2020-01-01",
        valid_to="2040-01-01",
        long_term=False,
        raw_text=HiddenBytes(bytes(256)),
        photo=HiddenBytes(bytes(1024)),
        fingerprint=HiddenBytes(b""),
        module_number="05.01-20131016-0001234567-0089012345",
    )
    for hidden in ("测试甲", "99999919900307", "虚构省样例市"):
        assert hidden not in repr(card)
