"""People at central: who they are, and what they may decide."""

from padkit_central.people.deciding import check_decides, check_stands

__all__ = ["check_decides", "check_stands"]
