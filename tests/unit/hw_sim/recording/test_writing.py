"""What is written of a line: whole frames; what is no frame is counted, never kept. And what is read back."""

from __future__ import annotations

import io
import json
import os

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.recording import RULES, RecordingWriter
from padkit_sim.recording.cutting import Cutter, card_box, identity_reader
from padkit_sim.recording.reading import read_tape

STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")


def written(write, rules=RULES["card_dispenser"]):
    file = io.BytesIO()
    writer = RecordingWriter("card_dispenser", ": tty major 188", rules, file, lambda: 0.0)
    write(writer)
    writer.close()
    return [json.loads(line) for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_frames_are_whole_in_whatever_portions_they_come(size):
    stream = b"\x06" + STATUS + STATUS
    cutter = Cutter(card_box)
    cuts = [cut for at in range(0, len(stream), size) for cut in cutter.take(stream[at : at + size])]
    assert [cut.data for cut in cuts] == [b"\x06", STATUS, STATUS]


def test_bytes_of_no_frame_come_together_and_are_marked():
    cuts = Cutter(card_box).take(b"\x99\x98" + STATUS)
    assert cuts == [(b"\x99\x98", False), (STATUS, True)]


def test_packets_of_a_finger_module_are_cut_anywhere():
    packet = bytes.fromhex("EF 01 FF FF FF FF 01 00 03 0F 00 13")
    cutter = Cutter(RULES["fingerprint_r30x"].size)
    cuts = [cut for byte in b"\x55" + packet for cut in cutter.take(bytes([byte]))]
    assert cuts == [(b"\x55", True), (packet, True)]


def test_a_preamble_may_be_cut_anywhere():
    frame = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
    cutter = Cutter(identity_reader)
    assert [cut for byte in frame for cut in cutter.take(bytes([byte]))] == [(frame, True)]


def test_what_is_no_frame_is_left_out_and_counted():
    lines = written(lambda it: (it.to_host(b"private"), it.to_device(STATUS[:5])))
    assert all(line["hex"] == "" for line in lines)
    notes = [line["note"] for line in lines]
    assert notes[0] == "recording of card_dispenser: tty major 188; scrubbed"
    assert "7 bytes to the host belong to no frame: left out" in notes
    assert "5 bytes to the device belong to no frame: left out" in notes


def test_raw_keeps_every_byte_and_says_so():
    lines = written(lambda it: it.to_host(b"\x01\x02"), rules=None)
    assert lines[1]["hex"] == "01 02"
    assert "raw: may hold what is personal" in lines[0]["note"]


def test_a_tape_has_turns_with_the_pauses_before_each_answer(tmp_path):
    path = tmp_path / "tape.jsonl"
    rows = [
        ("in", "01", 1.0),
        ("in", "02", 1.1),
        ("out", "06", 1.2),
        ("note", "", 1.3),
        ("out", "07", 2.1),
        ("in", "03", 3.0),
    ]
    path.write_text(
        "".join(
            json.dumps({"n": n, "t": t, "device": "d", "dir": way, "hex": data}) + "\n"
            for n, (way, data, t) in enumerate(rows, 1)
        )
    )
    first, last = read_tape(path).turns
    assert (first.n, first.request) == (1, b"\x01\x02")
    assert [(it.data, round(it.after_s, 3)) for it in first.answers] == [(b"\x06", 0.1), (b"\x07", 1.0)]
    assert (last.request, last.answers) == (b"\x03", ())


SHOWN = '{"n":1,"t":0,"device":"d","dir":"note","note":"descriptors","hex":"' + "00" * 19 + '"}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense\n", "tape.jsonl:1: "),
        ('{"n":1,"t":0,"device":"d","dir":"in","hex":"0"}\n', "tape.jsonl:1: "),
        ('{"n":1,"t":0,"device":"d","dir":"in","hex":"01"}\n', "says nothing"),
        (
            '{"n":1,"t":0,"device":"d","dir":"out","hex":"01"}\n{"n":2,"t":0,"device":"e","dir":"out"}\n',
            "several devices",
        ),
        ('{"n":1,"t":0,"device":"d","dir":"in","x":' + "[" * 99_999 + "\n", "tape.jsonl:1: "),
        (SHOWN + '{"n":2,"t":0,"device":"d","dir":"out","note":"endpoint zz"}\n', "zz"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path, text, told):
    path = tmp_path / "tape.jsonl"
    path.write_text(text)
    with pytest.raises(SimRefused, match=told):
        read_tape(path)


def test_a_recording_of_usb_in_which_nothing_was_asked_can_be_read(tmp_path):
    path = tmp_path / "tape.jsonl"
    path.write_text(SHOWN + '{"n":2,"t":0,"device":"d","dir":"out","note":"endpoint 81","hex":"01"}\n')
    assert [saying.data for saying in read_tape(path).first] == [b"\x01"]
    assert read_tape(path).askings == ()


def test_a_recording_that_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SimRefused, match="no regular file"):
        read_tape(tmp_path / "pipe")


def test_a_recording_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SimRefused, match="give a file that `padkit-sim record` wrote"):
        read_tape(tmp_path / "none")
