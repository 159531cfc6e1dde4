"""The pytest plugin of the conformance kit, loaded by entry point: options, and who is put on the bench. Idle otherwise."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from padkit_sdk.conformance.hands import BenchHands
    from padkit_sdk.conformance.port import Port, Trees

PACKAGE = Path(__file__).parent
CONTROL_VARIABLE = "PADKIT_SIM_CONTROL"
HANDS = ("auto", "simulator", "person", "nobody")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the driver, the wire and the hands."""
    group = parser.getgroup("padkit", "padkit conformance: hold a driver to the promises of its ports")
    group.addoption("--padkit-plugin", metavar="NAME", help="plugin under test: its entry point, or a folder with it")
    group.addoption("--padkit-model", metavar="MODEL", default="", help="model, when the plugin offers several")
    group.addoption("--padkit-port", metavar="PATH", default="", help="device node; default: found by its USB identity")
    group.addoption("--padkit-set", metavar="NAME=VALUE", action="append", default=[], help="one setting of the driver")
    group.addoption("--padkit-move-cards", action="store_true", help="allow tests that move cards of a real box")
    group.addoption("--padkit-hands", choices=HANDS, default="auto", help="who acts beside the device (auto)")
    group.addoption("--padkit-json", metavar="PATH", type=Path, help="write the report here as JSON")
    group.addoption("--padkit-html", metavar="PATH", type=Path, help="write the report here as a page")
    group.addoption("--padkit-trace", metavar="PATH", type=Path, help="recording of the device during this run")
    group.addoption("--padkit-with", metavar="PATH", type=Path, action="append", default=[], help="earlier JSON report")


def pytest_configure(config: pytest.Config) -> None:
    """Set the bench up when a driver was named. Raises `pytest.UsageError`."""
    plugin: str | None = config.getoption("--padkit-plugin")
    if plugin is None:
        return
    from padkit_sdk.conformance.bench import Setup
    from padkit_sdk.conformance.port import find_port
    from padkit_sdk.conformance.reporting import Outputs, Reporting
    from padkit_sdk.conformance.run import ConformanceRun
    from padkit_sdk.conformance.target import find_target
    from padkit_sdk.errors import Refused

    try:
        target = find_target(plugin, config.getoption("--padkit-model"), config.getoption("--padkit-set"))
        given, trees = config.getoption("--padkit-port"), _trees()

        def look() -> Port:
            return find_port(target.offer.matches, given, trees)

        found = look()
        hands = _hands(config.getoption("--padkit-hands"), found)
        moves_cards = config.getoption("--padkit-move-cards") or hands.name == "simulator"
        run = ConformanceRun(Setup(target, look, hands, time.monotonic), moves_cards=moves_cards)
        wanted = (config.getoption(f"--padkit-{name}") for name in ("json", "html", "trace", "with"))
        reporting = Reporting(run, Outputs(*wanted))
    except Refused as exc:
        raise pytest.UsageError(f"padkit conformance: {exc}") from exc
    config.pluginmanager.register(run, "padkit-conformance-run")
    config.pluginmanager.register(reporting, "padkit-conformance-reporting")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run the kit without a driver."""
    if config.getoption("--padkit-plugin") is None and any(PACKAGE in item.path.parents for item in items):
        raise pytest.UsageError("padkit conformance: name the driver under test with --padkit-plugin NAME")


def _trees() -> Trees:
    from padkit_sdk.conformance.port import Trees

    cameras = tuple(filter(None, os.environ.get("PADKIT_CAMERAS", "").splitlines()))
    return Trees(Path(os.environ.get("PADKIT_SYSFS", "/sys")), Path(os.environ.get("PADKIT_DEV", "/dev")), cameras)


def _hands(wanted: str, port: Port) -> BenchHands:
    from padkit_sdk.conformance.hands import NoHands
    from padkit_sdk.conformance.person import PersonHands, ask_at_terminal, has_terminal
    from padkit_sdk.conformance.simulator import BYTES, TRANSFERS, SimulatorHands, say_to
    from padkit_sdk.links import Ble, Onboard, Pictures, UsbSerial

    control = os.environ.get(CONTROL_VARIABLE, "")
    if isinstance(port.match, Onboard | Pictures):
        return NoHands()  # there is nothing beside it to act on
    if wanted == "simulator" or (wanted == "auto" and control):
        spoiling = BYTES if isinstance(port.match, UsbSerial | Ble) else TRANSFERS
        return SimulatorHands(say_to(Path(control)), port.serial, time.sleep, spoiling)
    if wanted == "person" or (wanted == "auto" and has_terminal()):
        return PersonHands(ask_at_terminal)
    return NoHands()
