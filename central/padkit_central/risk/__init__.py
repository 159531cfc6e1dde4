"""The risk engine: which kit is at risk, and why. Pure: observations in, levels with their evidence out."""

from pathlib import Path

from padkit_central.risk.cap import LockCap
from padkit_central.risk.engine import Change, Contribution, KitRisk, evaluate
from padkit_central.risk.language import RuleError
from padkit_central.risk.replay import Difference, Replayed, differences, read_days, replay
from padkit_central.risk.rules import LEVELS, Rule, RuleSet, read_rules

DEFAULT_RULES = Path(__file__).with_name("default_rules.yaml")

__all__ = [
    "DEFAULT_RULES",
    "LEVELS",
    "Change",
    "Contribution",
    "Difference",
    "KitRisk",
    "LockCap",
    "Replayed",
    "Rule",
    "RuleError",
    "RuleSet",
    "differences",
    "evaluate",
    "read_days",
    "read_rules",
    "replay",
]
