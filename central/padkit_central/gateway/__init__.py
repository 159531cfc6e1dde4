"""The way to the bank's core: each request written down before it is made, asked about when its end is not known."""

from padkit_central.gateway.core import AuditList, CoreAccount, CoreClient, CoreSilent
from padkit_central.gateway.gateway import Gateway

__all__ = ["AuditList", "CoreAccount", "CoreClient", "CoreSilent", "Gateway"]
