"""What a kit profile says of its devices."""

from __future__ import annotations

from padkit_agent.devices import DeviceProfile, KitProfile


def test_each_plugin_is_named_once_in_the_order_of_the_devices():
    devices = [DeviceProfile(name, plugin, "M") for name, plugin in (("a", "x"), ("b", "y"), ("c", "x"))]
    assert KitProfile(tuple(devices)).plugins() == ("x", "y")
