"""Recordings of real devices: taken by a line in the middle, scrubbed of what is personal before a byte is written."""

from padkit_sim.recording.recorder import Recorder, Wanted
from padkit_sim.recording.scrub import RULES, Rules
from padkit_sim.recording.writer import RecordingWriter

__all__ = ["RULES", "Recorder", "RecordingWriter", "Rules", "Wanted"]
