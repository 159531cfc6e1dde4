"""Whether a device was real: by where it was found, who acted, and the trace."""

from __future__ import annotations

import json
import os

import pytest

from padkit_sdk.conformance.evidence import Trace, evidence

REAL_SOURCE = "recording of card_dispenser: tty major 188"


@pytest.fixture
def port(tmp_path):
    """A node that is no pseudo-terminal."""
    path = tmp_path / "ttyUSB0"
    path.touch()
    return path


@pytest.fixture
def trace(tmp_path):
    """Write a trace before the run and more of it during the run; gives it as it was at the beginning."""

    def write(source=REAL_SOURCE, before=1, during=2):
        path = tmp_path / "trace.jsonl"
        frames = [json.dumps({"dir": "in", "hex": "01"})] * before
        path.write_text("\n".join([json.dumps({"dir": "note", "note": source}), *frames]) + "\n")
        begun = Trace.begun(path)
        with path.open("a") as file:
            file.write((json.dumps({"dir": "out", "hex": "02"}) + "\n") * during + '{"dir": "o')
        return begun

    return write


def test_a_device_that_nothing_says_is_simulated_is_real(port):
    seen = evidence(port, "nobody", {}, Trace(None))
    assert (seen.hardware, seen.trace_frames) == (True, 0)


@pytest.mark.parametrize("name", ["PADKIT_SIM_CONTROL", "PADKIT_SYSFS", "PADKIT_DEV"])
def test_a_kit_in_the_environment_is_a_simulated_one(port, name):
    seen = evidence(port, "nobody", {name: "/tmp/kit"}, Trace(None))
    assert name in seen.why_not_hardware


def test_hands_of_the_simulator_are_at_no_real_device(port):
    assert not evidence(port, "simulator", {}, Trace(None)).hardware


def test_a_pseudo_terminal_is_no_hardware_unless_its_trace_says_what_is_behind(trace, tmp_path):
    ours, theirs = os.openpty()
    port = tmp_path / "pty"
    port.symlink_to(os.ttyname(theirs))
    assert "is a pseudo-terminal" in evidence(port, "nobody", {}, Trace(None)).why_not_hardware
    assert evidence(port, "nobody", {}, trace()).hardware
    assert not evidence(port, "nobody", {}, trace("recording of card_dispenser (simulated line): pty")).hardware
    for end in (ours, theirs):
        os.close(end)


def test_only_frames_of_this_run_count(port, trace):
    seen = evidence(port, "nobody", {}, trace(before=5, during=2))
    assert (seen.trace, seen.trace_frames) == ("trace.jsonl", 2)
    assert len(seen.trace_sha256) == 64


def test_a_trace_of_something_else_counts_nothing(port, trace):
    assert evidence(port, "nobody", {}, trace("something else")).trace_frames == 0


def test_a_trace_that_is_not_there_counts_nothing(port, tmp_path):
    assert evidence(port, "nobody", {}, Trace.begun(tmp_path / "none")).trace_frames == 0
