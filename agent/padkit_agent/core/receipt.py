"""After the bank has done it: the voucher, where the entry wants one, then the package goes to central."""

from __future__ import annotations

from padkit_agent.core.actions import Upload, Waive
from padkit_agent.core.flow import Decision, Flow, Rules, go, then
from padkit_agent.core.phases import Phase

VOUCHER = "voucher_seal"


def receipt(flow: Flow, rules: Rules) -> Decision:
    """Make the voucher, or go on without one."""
    if VOUCHER in rules.plan.needs:
        return then(flow, Waive("receipt", (VOUCHER,)))
    return upload(flow, rules)


def upload(flow: Flow, rules: Rules) -> Decision:
    """Hand the package in."""
    return then(go(flow, rules, Phase.RECEIPTED), Upload())
