"""A plugin for a toy box that answers lines of text; made for the tests of workers, and able to misbehave on demand."""
