"""A port proxy has the methods of its port and no others."""

from __future__ import annotations

import pytest

from padkit_agent.plugins.ports import method_of
from padkit_agent.plugins.proxy import port_proxy
from padkit_sdk import OutcomeUnknown, Refused
from padkit_sdk.ports import CardDispenser, Slot


class Endpoint:
    def __init__(self, answer):
        self.calls = []
        self._answer = answer

    async def call(self, device, port, method, arguments, *, timeout_s):
        self.calls.append((device, port, method, method_of(port, method).unpack(arguments), timeout_s))
        return self._answer


async def test_a_call_names_device_port_method_and_deadline():
    endpoint = Endpoint(method_of("card_dispenser", "capabilities").pack_result(frozenset()))
    assert await port_proxy(CardDispenser, endpoint, "box").capabilities() == frozenset()
    assert endpoint.calls == [("box", "card_dispenser", "capabilities", {}, None)]


async def test_an_answer_that_does_not_fit_is_an_unknown_outcome():
    endpoint = Endpoint(b"\x07")
    with pytest.raises(OutcomeUnknown):
        await port_proxy(CardDispenser, endpoint, "box").move(Slot.OUT, timeout_s=2.5)
    assert endpoint.calls[0][3:] == ({"to": Slot.OUT, "timeout_s": 2.5}, 2.5)


async def test_a_wrong_call_is_not_sent():
    endpoint = Endpoint(b"")
    with pytest.raises(Refused):
        await port_proxy(CardDispenser, endpoint, "box").move("moon", timeout_s=1)
    assert not endpoint.calls


def test_there_is_no_other_method():
    proxy = port_proxy(CardDispenser, Endpoint(b""), "box")
    with pytest.raises(AttributeError, match="port card_dispenser has no method feed"):
        proxy.feed  # noqa: B018 - looking is the point
    assert repr(proxy) == "PortProxy(box, card_dispenser)"


def test_what_is_no_port_has_no_proxy():
    with pytest.raises(Refused):
        port_proxy(dict, Endpoint(b""), "box")
