"""The pytest plugin of the conformance kit: options, the bench, and the summary. Loaded by entry point `pytest11`."""
