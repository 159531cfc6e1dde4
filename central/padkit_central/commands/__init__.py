"""The commands of `padkit-central`, one file per door; each is imported when it is called."""
