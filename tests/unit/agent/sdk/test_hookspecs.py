from __future__ import annotations

import inspect

import pluggy
import pytest

from padkit_sdk import DriverOffer, UsbSerial, hookimpl, hookspecs
from padkit_sdk.hookspecs import PROJECT, padkit_drivers, plugin_manager

MATCH = UsbSerial(vid=1, pid=2, baud=9_600)


def plugin(**hooks):
    return type("Plugin", (), {name: staticmethod(hookimpl(hook)) for name, hook in hooks.items()})


def offer():
    return DriverOffer("DX-1", ("card_dispenser",), (MATCH,), lambda link, context: None)


def no_offers():
    return []


def test_padkit_drivers_is_asked_of_every_plugin():
    manager = plugin_manager()
    manager.register(plugin(padkit_drivers=lambda: [offer()]), name="one")
    manager.register(plugin(padkit_drivers=lambda: [offer(), offer()]), name="two")
    assert sorted(len(answer) for answer in manager.hook.padkit_drivers()) == [1, 2]


def test_a_hook_that_does_not_exist_is_noticed():
    manager = plugin_manager()
    manager.register(plugin(padkit_drives=no_offers))
    with pytest.raises(pluggy.PluginValidationError, match="padkit_drives"):
        manager.check_pending()


def test_every_hook_says_when_it_is_called_and_what_it_must_not_do():
    specs = [value for name, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec")]
    assert specs == [padkit_drivers]
    for spec in specs:
        told = inspect.getdoc(spec)
        assert "Called" in told
        assert "Must not" in told


def test_a_specification_itself_is_never_called():
    with pytest.raises(AssertionError):
        padkit_drivers()


def test_managers_know_nothing_of_each_other():
    first, second = plugin_manager(), plugin_manager()
    first.register(plugin(padkit_drivers=no_offers))
    assert len(first.get_plugins()) == 1
    assert not second.get_plugins()


def test_an_offer_has_no_settings_until_it_is_given_some():
    assert offer().settings == {}
