"""What our links add to the bare client libraries, on the stacks that production uses; and a pen at its full rate.

One simulated kit with every device; `wires_inside` runs below its environment and takes turns: ours, bare, ours, bare.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import ground, picture_source
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median, quantile
from padkit_sim.hil.serving import Serving, Wanted

KIT = Path(__file__).parent / "every_wire.toml"
MS = 1000.0
MEGA = 1e6
LIBRARIES = {"usb": "pyusb", "picture": "pyusb", "pcsc": "pyscard", "ble": "bleak, AcquireNotify", "serial": "pyserial"}
WHAT = {
    "usb": "GET_REPORT of a signature pad, one control transfer",
    "picture": f"{picture_source.SIZE} bytes of a fingerprint reader: asked for by a control transfer, read in one bulk read",
    "pcsc": "SELECT of a payment directory, one APDU through the real pcscd",
    "ble": "status of an identity-card module: write, notification back",
    "serial": "handshake of a fingerprint module, 12 bytes each way",
}


def measure() -> Result:
    """Stand the kit up, let the inside measure, reckon."""
    with ground.folder() as folder:
        kit = Serving(Wanted(str(KIT), folder))
        kit.start()
        try:
            command = (sys.executable, "-m", "benchmarks.wires_inside")
            done = subprocess.run(command, env={**os.environ, **kit.environment}, stdout=subprocess.PIPE, check=True)
        finally:
            kit.stop()
        told = json.loads(done.stdout.splitlines()[-1])
        beside = asyncio.run(picture_source.told_beside(folder / "source", "benchmarks.picture_inside"))
    told["picture"] = json.loads(beside.splitlines()[-1])
    figures: dict[str, Figure] = {}
    for wire, library in LIBRARIES.items():
        ours, bare = ([MS * it for it in told[wire][who]] for who in ("ours", "bare"))
        for name, limit, share in (("p50", 3.0, 0.5), ("p99", 15.0, 0.99)):
            added = quantile(ours, share) - quantile(bare, share)
            peer = Peer(f"{library}, the whole round trip", quantile(bare, share))
            figures[f"{wire}_added_{name}"] = Figure(added, "ms", Goal("<", limit), peer)
        figures[f"{wire}_per_s"] = Figure(MS / median(ours), "1/s", None, Peer(library, MS / median(bare)))
    mb_s = {who: picture_source.SIZE / MEGA / median(told["picture"][who]) for who in ("ours", "bare")}
    figures["picture_mb_per_s"] = Figure(mb_s["ours"], "MB/s", None, Peer("pyusb", mb_s["bare"]))
    pen = told["pen"]
    late = [MS * it for it in pen["late_s"]]
    figures["pen_lost"] = Figure(pen["lost"], "reports", Goal("==", 0))
    figures["pen_late_p50"] = Figure(quantile(late, 0.5), "ms", Goal("<", 3.0))
    figures["pen_late_p99"] = Figure(quantile(late, 0.99), "ms", Goal("<", 15.0))
    notes = [f"{wire}: {what}; {len(told[wire]['ours'])} of each, in four turns" for wire, what in WHAT.items()]
    notes.append(
        f"pen: {len(late)} reports at 200 Hz through libusb and the driver; late: behind the earliest one of the run"
    )
    notes.append("picture: from a USB device that has one ready, so that what making it takes is not measured")
    return Result(figures, notes)
