"""Arguments and results of every port are packed by its own type hints."""

from __future__ import annotations

import pytest

from padkit_agent.plugins.ports import KNOWN_PORTS, method_of, methods_of, port_name
from padkit_sdk import OutcomeUnknown, Refused
from padkit_sdk.ports import (
    AnswerToReset,
    CardDispenser,
    CardProtocol,
    ChipCard,
    DocumentKind,
    IdentityCard,
    IdentityCardReader,
    Slot,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber

CARD = IdentityCard(
    kind=DocumentKind.RESIDENT,
    name=HiddenText("测·试"),
    number=IdNumber("11010519900307001X"),
    sex="1",
    nation="01",
    birth_date="1990-03-07",
    address=HiddenText("somewhere"),
    issuer="",
    valid_from="2020-01-01",
    valid_to="",
    long_term=True,
    raw_text=HiddenBytes(b"\x00" * 256),
    photo=HiddenBytes(b"\xff" * 1024),
    fingerprint=HiddenBytes(b""),
    module_number="05.01",
)


@pytest.mark.parametrize("port", KNOWN_PORTS)
def test_every_method_of_every_port_can_be_packed(port):
    assert methods_of(KNOWN_PORTS[port]).keys() >= ({"close"} if port != "chip_card" else {"power_off"})


@pytest.mark.parametrize(
    ("port", "method", "value"),
    [
        (IdentityCardReader, "read", CARD),
        (ChipCard, "power_on", AnswerToReset(CardProtocol.T1, b"\x3b\x65")),
        (ChipCard, "transmit", b"\x90\x00"),
        (CardDispenser, "close", None),
    ],
)
def test_a_result_comes_back_as_the_value_it_was(port, method, value):
    codec = methods_of(port)[method]
    back = codec.unpack_result(codec.pack_result(value))
    assert back == value
    assert type(back) is type(value)


def test_arguments_come_by_name_with_their_types():
    codec = method_of("card_dispenser", "move")
    packed, timeout_s = codec.pack((Slot.GATE,), {"timeout_s": 3})
    assert codec.unpack(packed) == {"to": Slot.GATE, "timeout_s": 3.0}
    assert timeout_s == 3.0


def test_a_method_without_a_deadline_has_none():
    assert method_of("card_dispenser", "capabilities").pack((), {})[1] is None


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {"timeout_s": 1}), ((Slot.GATE,), {}), (("gate?",), {"timeout_s": 1}), ((Slot.GATE,), {"timeout_s": "soon"})],
)
def test_wrong_arguments_are_refused_before_they_are_sent(args, kwargs):
    with pytest.raises(Refused) as caught:
        method_of("card_dispenser", "move").pack(args, kwargs)
    assert caught.value.reason == "port.argument"


@pytest.mark.parametrize("packed", [b"", b"\x80", b"\xc1", b"\x82\xa2to\xa4moon\xa9timeout_s\x01"])
def test_wrong_bytes_for_arguments_are_refused(packed):
    with pytest.raises(Refused) as caught:
        method_of("card_dispenser", "move").unpack(packed)
    assert caught.value.reason == "port.argument"


def test_a_result_that_the_port_does_not_promise_is_an_unknown_outcome():
    codec = method_of("card_dispenser", "status")
    for wrong in (7, "ok", object(), None):
        with pytest.raises(OutcomeUnknown, match="look before repeating"):
            codec.pack_result(wrong)
    for raw in (b"\x07", b"\x81\xa1x" + b"\x91" * 100_000):
        with pytest.raises(OutcomeUnknown):
            codec.unpack_result(raw)


def test_what_is_no_port_is_refused():
    with pytest.raises(Refused, match="is no port of this SDK"):
        port_name(int)
    with pytest.raises(Refused) as caught:
        method_of("coffee", "brew")
    assert caught.value.reason == "port.unknown"
    with pytest.raises(Refused) as caught:
        method_of("card_dispenser", "__init__")
    assert caught.value.reason == "port.method"
