"""The doors: HTTP over TLS with client certificates for kits, a unix socket for who governs; one JSON shape for every refusal."""

from padkit_central.api.admin import make_admin
from padkit_central.api.door import make_app, server_context
from padkit_central.api.enrol import enrol_context, make_enrol_app
from padkit_central.api.socket import private_socket

__all__ = ["enrol_context", "make_admin", "make_app", "make_enrol_app", "private_socket", "server_context"]
