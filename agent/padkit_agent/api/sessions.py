"""Who may be at the page: one-time launch codes, sessions, who is signed in. Pure: clock and chance are arguments.

Only digests are kept. What leaves here in clear are a code, once, and a session's token, once. A restart forgets everything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from padkit_sdk.errors import Refused

CODE_BYTES, TOKEN_BYTES = 16, 32
LAUNCH_S = 60.0  # a code is good for so long, and once
LIFE_S = 12 * 3600.0  # a session ends then, whatever is done in it
CODES, SESSIONS = 8, 8  # at once; one more puts the oldest out
WRONG, WRONG_S = 5, 60.0  # wrong codes in so long a time, then the next are told to wait


@dataclass(slots=True)
class Session:
    """One session; `by` is who is signed in, or empty. Moments are of the steady clock."""

    born_mono_s: float
    touched_mono_s: float
    by: str = ""


class Sessions:
    """All codes and sessions. `idle_s` says how long a sign-in holds without a touch."""

    def __init__(
        self, now_mono_s: Callable[[], float], random_bytes: Callable[[int], bytes], idle_s: Callable[[], float]
    ) -> None:
        self._now = now_mono_s
        self._random_bytes = random_bytes
        self._idle_s = idle_s
        self._codes: dict[bytes, float] = {}
        self._sessions: dict[bytes, Session] = {}
        self._wrong: deque[float] = deque(maxlen=WRONG)

    def launch(self) -> str:
        """Make a code. A ninth puts out the oldest."""
        code = _text(self._random_bytes(CODE_BYTES))
        self._forget()
        if len(self._codes) >= CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[_digest(code)] = self._now()
        return code

    def enter(self, code: str) -> str:
        """Spend a code and return the token of a new session. A right code is never made to wait for wrong ones.

        Raises `Refused` ``page.launch``, ``page.launch_wait``.
        """
        self._forget()
        given = _digest(code)
        found = [known for known in self._codes if hmac.compare_digest(known, given)]
        if not found:
            raise self._refused()
        del self._codes[found[0]]
        if len(self._sessions) >= SESSIONS:
            del self._sessions[self._longest_idle()]
        token = _text(self._random_bytes(TOKEN_BYTES))
        now = self._now()
        self._sessions[_digest(token)] = Session(now, now)
        return token

    def launched(self, token: str) -> bool:
        """Tell whether the token is that of a session."""
        return self._find(token) is not None

    def signed_in(self, token: str) -> str:
        """Return who is signed in, empty when nobody is."""
        session = self._find(token)
        return session.by if session else ""

    def idle_left_s(self, token: str) -> float:
        """How long somebody will stay signed in without a touch; 0 when nobody is."""
        session = self._find(token)
        if session is None or not session.by:
            return 0.0
        return min(session.touched_mono_s + self._idle_s(), session.born_mono_s + LIFE_S) - self._now()

    def touch(self, token: str) -> None:
        """Somebody did something: the idle time begins anew."""
        session = self._find(token)
        if session:
            session.touched_mono_s = self._now()

    def sign_in(self, token: str, by: str) -> None:
        """Let `by` be signed in. Raises `Refused` ``page.session`` when the session ended meanwhile."""
        session = self._find(token)
        if session is None:
            raise no_session("sign in")
        session.by, session.touched_mono_s = by, self._now()

    def sign_out(self, token: str) -> None:
        """Let nobody be signed in at this session, which stays."""
        session = self._find(token)
        if session:
            session.by = ""

    def sign_out_all(self) -> None:
        """Let nobody be signed in anywhere."""
        for session in self._sessions.values():
            session.by = ""

    def _find(self, token: str) -> Session | None:
        self._forget()
        given = _digest(token)
        return next((it for known, it in self._sessions.items() if hmac.compare_digest(known, given)), None)

    def _forget(self) -> None:
        """Let go of what is over."""
        now, idle_s = self._now(), self._idle_s()
        self._codes = {known: at for known, at in self._codes.items() if now - at < LAUNCH_S}
        self._sessions = {known: it for known, it in self._sessions.items() if now - it.born_mono_s < LIFE_S}
        for session in self._sessions.values():
            if now - session.touched_mono_s >= idle_s:
                session.by = ""

    def _longest_idle(self) -> bytes:
        """Return the session that was not touched for the longest; one where nobody is signed in goes first."""
        return min(self._sessions, key=lambda it: (bool(self._sessions[it].by), self._sessions[it].touched_mono_s))

    def _refused(self) -> Refused:
        now = self._now()
        recent = sum(1 for at in self._wrong if now - at < WRONG_S)
        self._wrong.append(now)
        if recent >= WRONG:
            told = f"launch: {WRONG} wrong codes in {WRONG_S:g} s; wait a minute"
            return Refused("page.launch_wait", f"{told}, then open the page again with `padkit-agent page`")
        told = f"launch: this code is wrong, was used, or is older than {LAUNCH_S:g} s"
        return Refused("page.launch", f"{told}; open the page again with `padkit-agent page`")


def no_session(what: str) -> Refused:
    """Return the refusal of who has no session."""
    told = "this page has no session, or its session ended"
    return Refused("page.session", f"{what}: {told}; open it again with `padkit-agent page`")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
