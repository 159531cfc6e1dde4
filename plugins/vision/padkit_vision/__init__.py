"""What the seeing plugins share: decoding within limits, models as parts, sessions, and the evaluation of both."""
