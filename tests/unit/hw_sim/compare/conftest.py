"""A small world on which all four witnesses agree, to be spoilt by tests. TEST ONLY numbers."""

from __future__ import annotations

import contextlib
import copy
import json
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from padkit_sim.compare.report import Report, compare
from padkit_sim.compare.witnesses import Testimony, read_box, read_central, read_core, read_kit


def number(voucher: str) -> str:
    return f"6200000000000{voucher}"


@dataclass
class World:
    """The four doors' JSON, card by card."""

    kit: dict[str, Any] = field(
        default_factory=lambda: {"cards": [], "open_flows": [], "cases": [], "outbox": {"unsent": 0}}
    )
    central: dict[str, Any] = field(default_factory=lambda: {"cards": [], "submissions": [], "cases": []})
    core: dict[str, Any] = field(default_factory=lambda: {"accounts": [], "blocked": [], "refusals": []})
    box: dict[str, Any] = field(
        default_factory=lambda: {
            "ok": True,
            "devices": {"box": {"initialised": True, "cards": []}, "reader": {"card": None}},
        }
    )

    def add(
        self,
        voucher: str,
        place: str,
        kit: str,
        account: str | None = None,
        *,
        blocked: bool = False,
        flow: bool = False,
        case: bool = False,
    ) -> World:
        """Add one card on which all agree; `flow` and `case` are open for it, the case at central too."""
        pan, flow_id = number(voucher), f"flow-{voucher}"
        self.kit["cards"].append({"voucher": voucher, "card_no": pan, "state": kit, "read": True, "flow": flow_id})
        self.central["cards"].append({"voucher": voucher, "card_no": pan, "state": kit})
        self.box_cards.append({"pan": pan, "slip_pan": pan, "serial": voucher, "place": place})
        if account:
            self.core["accounts"].append({"card_no": pan, "state": account, "serial": f"S{voucher}", "attempt": 1})
            self.central["submissions"].append({"serial": f"S{voucher}", "attempt": 1, "state": "ok", "card_no": pan})
        if blocked:
            self.core["blocked"].append({"card_no": pan, "reason": "missing"})
        if flow:
            self.kit["open_flows"].append({"flow": flow_id, "state": "CORE_SENT"})
        if case:
            self.kit["cases"].append(
                {"id": f"case-{voucher}", "flow": flow_id, "reason": "box.jam", "voucher": voucher}
            )
            self.central["cases"].append({"id": f"case-{voucher}", "voucher": voucher, "reason": "box.jam"})
        return self

    @property
    def box_cards(self) -> list[dict[str, Any]]:
        cards: list[dict[str, Any]] = self.box["devices"]["box"]["cards"]
        return cards

    def told(self) -> Testimony:
        return Testimony(
            read_kit(json.dumps(self.kit).encode()),
            read_central(json.dumps(self.central).encode()),
            read_core(json.dumps(self.core).encode()),
            read_box(json.dumps(self.box).encode()),
        )

    def compared(self) -> Report:
        return compare(self.told())

    def spoilt(self, spoil: Callable[[World], object]) -> World:
        other = copy.deepcopy(self)
        spoil(other)
        return other


@pytest.fixture
def empty() -> World:
    return World()


@pytest.fixture
def world() -> World:
    """The end of the demo: straight through, answer lost, not taken and reversed, one card captured, two left."""
    return (
        World()
        .add("000001", "hand", "handed_over", "live")
        .add("000002", "hand", "handed_over", "live")
        .add("000003", "bin", "void_pending", "reversed")
        .add("000004", "bin", "captured")
        .add("000005", "hopper", "loaded")
        .add("000006", "hopper", "loaded")
    )


class Doors:
    """Four real doors that tell what the world says: two commands, an HTTP server, a unix socket."""

    def __init__(self, folder: Path) -> None:
        self.kit, self.central = folder / "kit.json", folder / "central.json"
        self.control = folder / "sim.sock"
        self.core_answer: tuple[int, bytes] = (200, b"")
        self.box_answer = b""
        self.url = ""

    def tell(self, world: World) -> None:
        self.kit.write_text(json.dumps(world.kit))
        self.central.write_text(json.dumps(world.central))
        self.core_answer = (200, json.dumps(world.core).encode())
        self.box_answer = json.dumps(world.box).encode() + b"\n"

    @property
    def options(self) -> list[str]:
        commands = ["--kit-cmd", f"cat {self.kit}", "--central-cmd", f"cat {self.central}"]
        return [*commands, "--core-url", self.url, "--control", str(self.control)]


class Quiet(socketserver.BaseServer):
    """A server that says nothing when the one who asked has hung up: the compare drops its other questions."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Core(Quiet, ThreadingHTTPServer):
    pass


class Box(Quiet, socketserver.ThreadingUnixStreamServer):
    pass


@pytest.fixture
def doors(world: World) -> Iterator[Doors]:
    with (
        tempfile.TemporaryDirectory() as short,
        contextlib.ExitStack() as stack,
    ):  # a socket's path is at most 107 bytes
        made = Doors(Path(short))

        class Audit(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = made.core_answer if self.path == "/audit" else (404, b"")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class State(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                if self.rfile.readline() == b'{"do":"state"}\n':
                    self.wfile.write(made.box_answer)

        http = stack.enter_context(Core(("127.0.0.1", 0), Audit))
        unix = stack.enter_context(Box(str(made.control), State))
        for server in (http, unix):
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        made.url = f"http://127.0.0.1:{http.server_port}"
        made.tell(world)
        yield made
