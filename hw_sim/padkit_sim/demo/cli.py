"""`padkit-sim demo`: open three cards end to end and let the compare judge; exit 0 only when all four witnesses agree."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import click

from padkit_sim.demo.play import open_card
from padkit_sim.demo.screen import Screen
from padkit_sim.demo.stories import STORIES, Story
from padkit_sim.demo.tamper import WITNESSES, tamper
from padkit_sim.demo.world import World, WorldFailed

FAILED = 3
TEXT = {
    "en": {
        "up": "Starting central, core mock, simulated kit and agent …",
        "on": "Everything is up. Test keys, invented people, no hardware.",
        "wrong": "This card ended in {got}, expected {want}.",
        "tamper": "Changing one record behind everybody's back: {what}",
        "compare": "The compare: four witnesses, each through its own door.",
        "keep": "Everything keeps running; Ctrl-C ends it. In another terminal, in {folder}:",
    },
    "zh": {
        "up": "正在启动:中心端、核心模拟、模拟设备套、终端代理……",
        "on": "已全部启动。均为测试密钥和虚构人员,无真实硬件。",
        "wrong": "本卡结束于 {got},应为 {want}。",
        "tamper": "暗中改动一条记录:{what}",
        "compare": "四方核对:各自从自己的门取数。",
        "keep": "全部保持运行,Ctrl-C 结束。另开终端,在 {folder} 中:",
    },
}


@click.command("demo")
@click.option("--tamper", "witness", type=click.Choice(["", *WITNESSES]), default="", help="Change one record first.")
@click.option("--keep", is_flag=True, help="Leave everything running and say how to talk to it.")
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=2.0, show_default=True, help="Mechanics.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to work; default is a new temporary folder.")
def command(witness: str, speed: float, lang: str, folder: Path | None, *, keep: bool) -> None:
    """Open three cards on a simulated kit, end to end, then compare kit, central, core and box.

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
    if folder is None and code == 0:
        shutil.rmtree(work, ignore_errors=True)
    raise SystemExit(code)


async def _demo(screen: Screen, folder: Path, speed: float, lang: str, witness: str, *, keep: bool) -> int:
    text = TEXT[lang]
    screen.say(text["up"])
    async with World(folder, speed=speed) as world:
        screen.say(text["on"])
        for story in STORIES:
            await _tell(world, story, screen, lang)
        if witness:
            screen.say("\n" + text["tamper"].format(what=await tamper(world, witness)))
        screen.say("\n" + text["compare"])
        code, table = await world.compare("--lang", lang)
        screen.say(table.rstrip())
        if keep:
            await _keep(world, screen, text["keep"])
        return code


async def _tell(world: World, story: Story, screen: Screen, lang: str) -> None:
    screen.say(f"\n{story.title[lang]}")
    await world.lay_identity_card("test_a")
    await world.kit("auto", device="box", take_after_s=story.take_after_s)
    if story.core_fault:
        await world.core("fault", name=story.core_fault, nth=1)
    last = await open_card(world, story.answers, screen.step)
    if last["phase"] != story.end:
        raise WorldFailed(TEXT[lang]["wrong"].format(got=last["phase"], want=story.end))


async def _keep(world: World, screen: Screen, heading: str) -> None:
    screen.say("\n" + heading.format(folder=world.folder))
    for line in (
        "padkit-agent status --config agent.toml",
        "padkit-agent device list --config agent.toml",
        "padkit-agent flow watch --config agent.toml",
        "padkit-agent ledger --config agent.toml",
        "padkit-central ledger --config central.toml",
        "padkit-sim ctl state --control control.sock",
        "padkit-sim ctl fault name=box.jam --control control.sock",
        " ".join(f"'{word}'" if " " in word else word for word in world.compare_command()),
    ):
        screen.say(f"  {line}")
    await asyncio.Event().wait()
