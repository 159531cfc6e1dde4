"""Programs that stand beside ours in a run."""
