"""`padkit-sim demo`: open three cards end to end, see two frauds refused, let the compare judge; exit 0 only when all agree."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import webbrowser
from collections.abc import Mapping
from pathlib import Path

import click

from padkit_sim.demo import files
from padkit_sim.demo.customer import be_served
from padkit_sim.demo.fonts import lacking
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.play import open_card
from padkit_sim.demo.process import program
from padkit_sim.demo.screen import Screen
from padkit_sim.demo.stories import ATTEMPTS, STORIES, Story
from padkit_sim.demo.tamper import WITNESSES, tamper
from padkit_sim.demo.world import World, WorldFailed

FAILED = 3
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")  # where there is one, the page is opened
TEXT = {
    "en": {
        "up": "Starting central, core mock, simulated kit and agent …",
        "on": "Everything is up. Test keys, invented people, no hardware.",
        "no_fonts": "The customer's documents are not signed: {what} is not here (`make setup-system`). Their steps are waived.",
        "wrong": "This card ended in {got}, expected {want}.",
        "tamper": "Changing one record behind everybody's back: {what}",
        "compare": "The compare: four witnesses, each through its own door.",
        "page": "The kit page; sign in as {name}, passcode “{passcode}”. The customer acts by himself; you answer what is asked:",
        "again": "  (good once, for a minute; `padkit-agent page` prints another)",
        "keep": "Everything keeps running; Ctrl-C ends it. In another terminal, in {folder}:",
    },
    "zh": {
        "up": "正在启动：中心端、核心模拟、模拟设备套、终端代理……",
        "on": "已全部启动。均为测试密钥和虚构人员，无真实硬件。",
        "no_fonts": "客户文书不签署：缺少 {what}（`make setup-system`）。相应步骤按策略免除。",
        "wrong": "本卡结束于 {got}，应为 {want}。",
        "tamper": "暗中改动一条记录：{what}",
        "compare": "四方核对：各自从自己的门取数。",
        "page": "业务页面；以 {name} 登录，口令“{passcode}”。客户自动操作，请回答页面上的问题：",
        "again": "  （一次有效，一分钟内打开；`padkit-agent page` 可再取一个）",
        "keep": "全部保持运行，Ctrl-C 结束。另开终端，在 {folder} 中：",
    },
}


@click.command("demo")
@click.option(
    "--tamper",
    "witness",
    type=click.Choice(WITNESSES),
    help="Change one record of this witness before the compare, which must then find it.",
)
@click.option("--keep", is_flag=True, help="Leave everything running and print how to talk to it.")
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=2.0,
    show_default=True,
    help="Divides mechanical delays.",
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where to work; left out, a temporary folder that goes when all agree.",
)
def command(witness: str | None, speed: float, lang: str, folder: Path | None, *, keep: bool) -> None:
    """Open three cards on a simulated kit, end to end, see two frauds refused, then compare kit, central, core and box.

    Exit code 0: all four agree. 1: they differ, the card is named. 2: a door could not be read. 3: a card did not end as
    it should, or something did not start.
    """
    work = folder or Path(tempfile.mkdtemp(prefix="padkit-demo-"))
    try:
        code = asyncio.run(_demo(Screen(lang), work, speed, lang, witness, keep=keep))
    except WorldFailed as exc:
        click.echo(f"demo: {exc}\nlogs: {work}", err=True)
        raise SystemExit(FAILED) from exc
    except KeyboardInterrupt:
        code = 0
    except asyncio.CancelledError:
        code = 128 + signal.SIGTERM
    if folder is None and code == 0:
        shutil.rmtree(work, ignore_errors=True)
    raise SystemExit(code)


async def _demo(screen: Screen, folder: Path, speed: float, lang: str, witness: str | None, *, keep: bool) -> int:
    text = TEXT[lang]
    playing = asyncio.current_task()
    assert playing is not None
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, playing.cancel
    )  # the children are stopped on the way out
    screen.say(text["up"])
    stage = World(folder, speed=speed)
    missing = lacking()
    stage.pins, stage.signs = True, not missing
    if missing:
        screen.say(text["no_fonts"].format(what=missing[0]))
    if keep:
        stage.page = files.PAGE
    async with stage as world:
        screen.say(text["on"])
        for story in STORIES if witness else (*STORIES, *ATTEMPTS):
            await _tell(world, story, screen, lang)
        if witness:
            screen.say("\n" + text["tamper"].format(what=await tamper(world, witness)))
        screen.say("\n" + text["compare"])
        code, table = await world.compare("--lang", lang)
        screen.say(table.rstrip())
        if keep:
            await _keep(world, screen, text)
        return code


async def _tell(world: World, story: Story, screen: Screen, lang: str) -> None:
    screen.say(f"\n{story.title[lang]}")
    await world.lay_identity_card("test_a")
    await world.kit("auto", device="box", take_after_s=story.take_after_s)
    if story.core_fault:
        await world.core("fault", name=story.core_fault, nth=1)
    await _look_at_faces(world, wanted=bool(story.sits))
    last = await open_card(world, story.answers, screen.step, hands=Hands(world, story.front, story.sits))
    if last["phase"] != story.end:
        raise WorldFailed(TEXT[lang]["wrong"].format(got=last["phase"], want=story.end))


async def _look_at_faces(world: World, *, wanted: bool) -> None:
    """Put the face checker into the kit's profile, or take it out: with it each opening takes a sitting of ten seconds."""
    if world.faces != wanted:
        world.faces = wanted
        await world.stop_agent()
        await world.start_agent()


async def _keep(world: World, screen: Screen, text: Mapping[str, str]) -> None:
    await _look_at_faces(world, wanted=False)
    files.write_form(world.folder)
    url = (await world.agent_cli("page", "--config", files.AGENT)).splitlines()[0]
    screen.say("\n" + text["page"].format(name=files.HOLDER, passcode=files.PASSCODE) + f"\n  {url}\n{text['again']}")
    if any(os.environ.get(it) for it in DISPLAYS):
        webbrowser.open(url)
    screen.say("\n" + text["keep"].format(folder=world.folder))
    settings = (
        f"PADKIT_AGENT_CONFIG={files.AGENT} PADKIT_CENTRAL_CONFIG={files.CENTRAL} PADKIT_SIM_CONTROL=control.sock "
        f"{world.machine}"
    )
    for line in (
        f"export PATH={Path(program('padkit-agent')).parent}:$PATH {settings}",
        "padkit-agent page",
        "padkit-agent status",
        "padkit-agent device list",
        "padkit-agent flow watch",
        "padkit-agent ledger",
        "padkit-central ledger",
        "padkit-sim ctl state",
        "padkit-sim ctl fault name=box.jam",
        f"padkit-agent flow start ACC-01 --input {files.FORM_FILE}",
        "padkit-agent flow answer FLOW document_read read",
        "padkit-agent flow answer FLOW confirm yes",
        " ".join(f"'{word}'" if " " in word else word for word in world.compare_command()),
    ):
        screen.say(f"  {line}")
    await be_served(world)
