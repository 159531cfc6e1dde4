"""What kit and central say to each other: context, messages, identifiers, envelopes, catalogue."""
