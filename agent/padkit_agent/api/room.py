"""The page's room: where it is served, its sessions, and what ends a sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from padkit_agent.api.answers import Launch, SessionView
from padkit_agent.api.sessions import LAUNCH_S, Sessions, no_session
from padkit_agent.core.gate import Gate
from padkit_agent.flows import Feed, Progress
from padkit_sdk.errors import Refused

IDLE = "page_idle_minutes"  # parameter of the policy
IDLE_MIN, IDLE_LONGEST_MIN = 10.0, 60.0


class PageRoom:
    """`address` is HOST:PORT of the page's listener, empty while there is none; a lock signs everybody out.

    `practice`: this kit is one to practise on.
    """

    def __init__(
        self,
        gate: Gate,
        feed: Feed,
        parameters: Callable[[], Mapping[str, Any]],
        *,
        now_mono_s: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        iso: Callable[[], str],
        practice: bool = False,
    ) -> None:
        self.address = ""
        self.practice = practice
        self.sessions = Sessions(now_mono_s, random_bytes, self._idle_s)
        self._gate = gate
        self._feed = feed
        self._parameters = parameters
        self._iso = iso
        self._locked = gate.locked
        gate.watch(self._obey)

    @property
    def url(self) -> str:
        """Where the page is, empty when it is not served."""
        return f"http://{self.address}/" if self.address else ""

    def launch(self) -> Launch:
        """Return where to open the page, with a new code. Raises `Refused` ``page.none``."""
        if not self.address:
            told = "the settings have no table [page]"
            raise Refused("page.none", f'page: {told}; add it with listen = "127.0.0.1:8470" and start the agent again')
        return Launch(f"{self.url}#launch={self.sessions.launch()}", int(LAUNCH_S))

    def check(self, token: str, *, signed_in: bool, what: str) -> None:
        """Raise `Refused` ``page.session``, ``page.signed_out`` when the session does not allow `what`."""
        if not self.sessions.launched(token):
            raise no_session(what)
        if signed_in and not self.sessions.signed_in(token):
            raise Refused("page.signed_out", f"{what}: nobody is signed in at this page; sign in")

    def sign_in(self, token: str, by: str) -> None:
        """The holder has proved who he is. Raises `Refused` ``page.session``; ``kit.*`` when a lock came meanwhile."""
        if not self._gate.standing.finishing:
            self._gate.check("sign in")
        self.sessions.sign_in(token, by)
        self._tell("signed_in")

    def sign_out(self, token: str) -> None:
        """Let nobody be signed in at this session."""
        self.sessions.sign_out(token)
        self._tell("signed_out")

    def view(self, token: str) -> SessionView:
        """Return how the session stands."""
        by = self.sessions.signed_in(token)
        return SessionView(bool(by), by, int(self.sessions.idle_left_s(token)))

    def _obey(self) -> None:
        """The gate changed: a lock ends what was signed in before it."""
        was, self._locked = self._locked, self._gate.locked
        if self._locked and not was:
            self.sessions.sign_out_all()
            self._tell("signed_out")

    def _tell(self, note: str) -> None:
        self._feed.say(Progress("session", "", "", "", self._iso(), note=note))

    def _idle_s(self) -> float:
        try:
            minutes = self._parameters().get(IDLE, IDLE_MIN)
        except Refused:  # no policy yet
            minutes = IDLE_MIN
        fits = isinstance(minutes, int | float) and not isinstance(minutes, bool) and 0 < minutes <= IDLE_LONGEST_MIN
        return 60.0 * (minutes if fits else IDLE_MIN)
