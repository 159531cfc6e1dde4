"""One control request from outside the simulator's process, as `padkit-sim ctl` makes it. Blocking."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec

from padkit_sim.control import words as w
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import VOCABULARY

ANSWER_S = 10.0
CHUNK = 65_536


def request_from_words(verb: str, words: Mapping[str, str]) -> w.Request:
    """The request that `verb` and its `k=v` words mean; words that `fault` does not know are the fault's own arguments.

    Raises: `SimRefused`.
    """
    plain: dict[str, object] = {"do": verb, **words}
    if verb == "fault":
        own = {key: text for key, text in words.items() if key not in w.Fault.__struct_fields__}
        spec = VOCABULARY.get(words.get("name", ""))
        plain = {key: value for key, value in plain.items() if key not in own}
        plain["args"] = dict(spec.parse(own) if spec else own)
    try:
        request: w.Request = msgspec.convert(plain, w.Request, strict=False)
    except msgspec.ValidationError as exc:
        raise SimRefused(f"ctl {verb}: {exc}; verbs are {', '.join(w.VERBS)}, words are k=v") from exc
    return request


def ask(path: Path, request: w.Request) -> bytes:
    """Send `request` to the socket at `path` and give the reply's JSON. Raises `SimRefused` when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWER_S)
            line.connect(str(path))
            line.sendall(msgspec.json.encode(request) + b"\n")
            answer = bytearray()
            while not answer.endswith(b"\n"):
                chunk = line.recv(CHUNK)
                if not chunk:
                    raise SimRefused(f"control socket {path}: closed without an answer; is the kit still running?")
                answer += chunk
    except OSError as exc:
        raise SimRefused(f"control socket {path}: {exc.strerror or exc}; start a kit with `padkit-sim serve`") from exc
    return bytes(answer).rstrip()
