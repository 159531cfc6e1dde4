"""``python -m padkit_vision.evaluate ocr|liveness|face DIR``."""

from padkit_vision.evaluate.cli import evaluate

evaluate(prog_name="padkit-vision evaluate")
