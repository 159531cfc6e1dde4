"""A message of another maker, layer by layer: shown without a key, opened with one, its signatures judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from padkit_contract.crypto.suite import Suite
from padkit_contract.der import tree
from padkit_contract.envelope import MAX_ENVELOPE, Identity
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.foreign.chains import Chains
from padkit_contract.foreign.judging import Judge
from padkit_contract.foreign.layers import Layer, Structure
from padkit_contract.foreign.opening import open_layer
from padkit_contract.foreign.parse import parse
from padkit_contract.foreign.report import CONTENT, SIGNATURE, Check, Report, Verdict

MAX_LAYERS = 4
DETACHED = "kept apart from its signature; that form is not understood here"


def read(
    raw: bytes, *, suite: Suite, own: Sequence[Identity] = (), chains: Chains | None = None, now: datetime
) -> Report:
    """Return what was found and verified. `own` may open it; without `chains` no certificate chain is checked.

    Raises:
        EnvelopeRefused: ``foreign.size``: larger than an envelope may be; ``foreign.form``: no message of a known form.
    """
    if len(raw) > MAX_ENVELOPE:
        raise EnvelopeRefused("foreign.size", f"{len(raw)} bytes, at most {MAX_ENVELOPE}; split the message")
    try:
        node = tree.read(raw)
        layer = parse(node)
    except ValueError as exc:
        raise EnvelopeRefused("foreign.form", f"{exc}; is it a CMS or GB/T 35275 message at all?") from exc
    layers, checks, content = _descend(layer, own, Judge(suite, chains, now))
    signed = any(check.what == SIGNATURE for check in checks)
    if content is not None and not signed:
        checks = (*checks, Check(SIGNATURE, Verdict.OPEN, "nobody signed it: anybody can have made it"))
    encoding = "DER" if node.encode() == raw else "BER"
    return Report(encoding, len(raw), layers, checks, content)


def _descend(
    layer: Layer, own: Sequence[Identity], judge: Judge
) -> tuple[tuple[Layer, ...], tuple[Check, ...], bytes | None]:
    """Go inwards as long as a layer opens, holds, and has another one in it."""
    layers, checks = [layer], list[Check]()
    while True:
        content, found = _content(layer, own)
        checks.extend(found)
        if content is None:
            return tuple(layers), tuple(checks), None
        if layer.structure in {Structure.SIGNED, Structure.SIGNED_AND_ENVELOPED}:
            judged = judge.judge(layer, content)
            checks.extend(judged)
            if any(check.verdict is Verdict.FAILS for check in judged):
                return tuple(layers), tuple(checks), None
        inner = _inner(content) if len(layers) < MAX_LAYERS and layer.structure is not Structure.DATA else None
        if inner is None:
            return tuple(layers), tuple(checks), content
        layer = inner
        layers.append(layer)


def _content(layer: Layer, own: Sequence[Identity]) -> tuple[bytes | None, tuple[Check, ...]]:
    if layer.encrypted is not None:
        return open_layer(layer, own)
    if layer.content is None:
        return None, (Check(CONTENT, Verdict.OPEN, DETACHED),)
    return layer.content, ()


def _inner(content: bytes) -> Layer | None:
    """Return the layer that this content is, or None when it is simply content."""
    try:
        return parse(tree.read(content))
    except ValueError:
        return None
