"""Enrolment at check-out: the kit makes its keys, proves that it knows the code, and gets certificates for them.

The connection is TLS, but believed for nothing: what central answers is believed because it knows the code, too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime

from padkit_agent.uplink.folder import KitFolder
from padkit_contract import enrol
from padkit_contract.enrol import EnrolRefused, EnrolRequest
from padkit_contract.issue import Name
from padkit_contract.party import Party
from padkit_sdk.errors import LinkLost, Refused

ANSWER_S = 30.0


async def enrol_kit(
    folder: KitFolder,
    name: Name,
    url: str,
    code: str,
    *,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    tell: Callable[[str], None],
) -> Party:
    """Enrol the kit; its folder is there, whole, when this returns.

    Raises:
        Refused: ``code.form``; ``enrol.refused``: central says no; ``enrol.mac``: somebody else answered; ``papers.*``.
        LinkLost: no answer; the same call again with the same code gets it.
    """
    try:
        key = enrol.mac_key(name.entity, name.name, code)
        tell(f"making three keys for kit {name.name} of {name.entity}")
        requests = folder.draft(name, random_bytes)
        posted = enrol.seal_request(EnrolRequest(enrol.VERSION, name.entity, name.name, requests), key)
        tell(f"asking {url} for certificates")
        papers = enrol.open_answer(await _post(f"{url.rstrip('/')}/v1/enrol", posted), posted, key)
    except EnrolRefused as exc:
        raise Refused(exc.reason, str(exc).removeprefix(f"{exc.reason}: ")) from exc
    tell("proving what came back")
    return folder.take(papers, name, now, same_root=False)


async def _post(url: str, body: bytes) -> bytes:
    import aiohttp

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the answer's MAC decides
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
            session.post(url, data=body, timeout=timeout) as response,
        ):
            answer = await response.content.read(enrol.MAX_ANSWER + 1)
            while not response.content.at_eof() and len(answer) <= enrol.MAX_ANSWER:
                answer += await response.content.read(enrol.MAX_ANSWER)
    except (aiohttp.ClientError, TimeoutError, OSError) as exc:
        raise LinkLost(f"central at {url}: {exc or type(exc).__name__}; the same command again goes on") from exc
    if response.status == 200:
        return answer
    if response.status >= 500 or response.status == 429:
        raise LinkLost(f"central at {url} answered {response.status}; the same command again goes on")
    raise Refused(
        "enrol.refused", f"central at {url} gives no certificates: a wrong, spent or old code; ask for a new one"
    )
