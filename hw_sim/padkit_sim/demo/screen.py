"""What the demonstration prints: one line a step, with the device at work, what happened and the seconds it took."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TextIO

from padkit_sim.columns import padded

DEVICE: Mapping[str, str] = {
    "read_identity": "reader",
    "read_document": "camera",
    "check_face": "camera",
    "look_at_box": "box",
    "stage_card": "box",
    "read_chip": "box chip",
    "move_card": "box",
    "await_taken": "box gate",
    "reserve": "central",
    "enter_pin": "keypad",
    "show_document": "person",
    "sign_document": "pad",
    "submit": "core",
    "inquire": "core",
    "reverse": "core",
    "upload": "central",
    "run_checks": "central",
    "send_code": "central",
    "judge_code": "central",
    "ask": "person",
    "waive": "policy",
}
ACTION: Mapping[str, Mapping[str, str]] = {
    "en": {
        "waive": "step waived",
        "read_identity": "read identity card",
        "read_document": "read card, compare to chip",
        "run_checks": "online checks",
        "send_code": "send a code to the phone",
        "judge_code": "check the code",
        "check_face": "look at the person",
        "look_at_box": "look at the box",
        "stage_card": "stage a card (P0)",
        "read_chip": "read its chip",
        "reserve": "reserve it",
        "enter_pin": "enter a PIN, twice",
        "set_document": "set a document",
        "show_document": "read it to the end",
        "sign_document": "sign it",
        "ask": "ask",
        "submit": "open at the core (P1)",
        "pause": "result unknown, wait",
        "inquire": "inquire",
        "move_card": "move the card",
        "await_taken": "wait for the customer",
        "reverse": "reverse",
        "upload": "hand in the evidence",
        "wait_device": "wait for the device",
    },
    "zh": {
        "waive": "按策略免除",
        "read_identity": "读取身份证",
        "read_document": "拍摄证件并与芯片比对",
        "run_checks": "联网核查",
        "send_code": "发送手机验证码",
        "judge_code": "核对手机验证码",
        "check_face": "人脸活体检测",
        "look_at_box": "查看发卡箱",
        "stage_card": "走卡至读卡位(P0)",
        "read_chip": "读取芯片",
        "reserve": "预占卡片",
        "enter_pin": "客户两次输入密码",
        "set_document": "排版文件",
        "show_document": "客户阅读至末页",
        "sign_document": "客户签名",
        "ask": "询问",
        "submit": "核心开户(P1)",
        "pause": "结果查询中，等待",
        "inquire": "查证",
        "move_card": "移动卡片",
        "await_taken": "等待客户取卡",
        "reverse": "冲正",
        "upload": "上传证据包",
        "wait_device": "等待设备",
    },
}


class Screen:
    """Prints progress as it happens; on a terminal the running step stands on the last line."""

    def __init__(self, lang: str, out: TextIO = sys.stdout) -> None:
        self._lang = lang
        self._out = out
        self._live = out.isatty()

    def say(self, text: str = "") -> None:
        """Print a line of plain text."""
        self._clear()
        print(text, file=self._out, flush=True)

    def step(self, line: dict[str, Any]) -> None:
        """Show one progress line of the agent."""
        action = line.get("action", "")
        name = ACTION[self._lang].get(action, action)
        device = DEVICE.get(action, "")
        match line["kind"]:
            case "doing" | "asked" if self._live:
                self._out.write(f"\r\033[K  … {name}")
                self._out.flush()
            case "hint" if self._live:
                self._out.write(f"\r\033[K  … {name}: {line.get('note', '')}")
                self._out.flush()
            case "done":
                seconds = f"{line.get('seconds', 0.0):5.1f} s"
                self.say(
                    f"  {line['phase']:15} {device:9} {padded(name, 26)} {seconds}  {line.get('note', '')}".rstrip()
                )
            case "ended":
                note = f" ({line['note']})" if line.get("note") else ""
                self.say(f"  => {line['phase']}{note}")

    def _clear(self) -> None:
        if self._live:
            self._out.write("\r\033[K")
