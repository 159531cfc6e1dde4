"""All ports at once: what the shop window shows fits the house rules."""

from __future__ import annotations

import inspect
import typing

import pytest

from padkit_sdk import ports
from padkit_sdk.ports import PORTS, Device

METHODS = [
    (port, name, method)
    for port, protocol in {"device": Device, **PORTS}.items()
    for name, method in vars(protocol).items()
    if inspect.isfunction(method) and not name.startswith("_")
]
WITHOUT_DEADLINE = {"close", "capabilities", "capability", "sides", "views"}


@pytest.mark.parametrize(("port", "name", "method"), METHODS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_method_is_asynchronous_described_and_typed(port, name, method):
    assert inspect.iscoroutinefunction(method)
    assert inspect.getdoc(method)
    assert "return" in typing.get_type_hints(method)


@pytest.mark.parametrize(("port", "name", "method"), METHODS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_caller_owns_the_deadline(port, name, method):
    deadline = inspect.signature(method).parameters.get("timeout_s")
    assert (deadline is None) == (name in WITHOUT_DEADLINE)
    assert deadline is None or deadline.kind is inspect.Parameter.KEYWORD_ONLY


def test_the_window_shows_every_port():
    assert {protocol.__name__ for protocol in PORTS.values()} <= set(ports.__all__)
