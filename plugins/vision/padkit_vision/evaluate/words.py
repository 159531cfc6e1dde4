"""The texts of a report in both languages, by name. A name without an entry (a field, a kind) stands for itself."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh-CN")
WORDS: Mapping[str, tuple[str, str]] = {
    "ocr": ("Evaluation: documents", "评测:证件识别"),
    "liveness": ("Evaluation: liveness", "评测:活体检测"),
    "face": ("Evaluation: face comparison 1:1", "评测:人脸一比一比对"),
    "judged": ("Judged", "被评测"),
    "cases": ("Cases", "样本数"),
    "setting": ("Setting", "设置"),
    "models": ("Models (SHA-256)", "模型(SHA-256)"),
    "goals": ("Goals", "目标"),
    "goal": ("goal", "目标"),
    "met": ("met", "达到"),
    "missed": ("MISSED", "未达到"),
    "failed": ("Cases that failed", "未通过的样本"),
    "not_shown": ("more that are not shown here; report.json names them", "个未在此显示,report.json 中列有名称"),
    "private": (
        "This report shows what the pictures show. Keep it as you keep the pictures.",
        "本报告包含图片中的内容,请按保管图片的要求保管本报告。",
    ),
    "limits": (
        "Limits are 95 %, Wilson score. A small number of cases gives wide limits: judge by the limits, not by the share.",
        "区间为 95% 威尔逊得分区间。样本少则区间宽,请看区间,不要只看比例。",
    ),
    "fields": ("Fields right, by kind and level", "字段正确率(按证件种类和难度)"),
    "by_field": ("Fields right, all levels", "字段正确率(全部难度)"),
    "by_level": ("All fields right, by level", "全部字段正确率(按难度)"),
    "outcomes": ("What became of each picture", "每张图片的结果"),
    "states": ("How far fields were trusted", "字段可信状态"),
    "times": ("Times", "用时"),
    "rates": ("Error rates", "错误率"),
    "layers": ("What each layer alone would have let through", "各层单独使用时会放过的数量"),
    "reasons": ("Reasons given", "给出的原因"),
    "errors": ("Cases without a result", "没有结果的样本"),
    "thresholds": ("Thresholds", "阈值"),
    "kind": ("kind", "种类"),
    "level": ("level", "难度"),
    "field": ("field", "字段"),
    "count": ("count", "数量"),
    "of": ("of", "总数"),
    "share": ("share", "比例"),
    "low": ("low 95 %", "下限 95%"),
    "high": ("high 95 %", "上限 95%"),
    "outcome": ("outcome", "结果"),
    "state": ("state", "状态"),
    "right": ("right", "正确"),
    "wrong": ("wrong", "错误"),
    "measure": ("measure", "指标"),
    "attack": ("attack", "攻击种类"),
    "live": ("live", "真人"),
    "layer": ("layer", "层"),
    "inconclusive": ("inconclusive", "无法判断"),
    "not_available": ("not available", "不可用"),
    "reason": ("reason", "原因"),
    "portrait": ("portrait", "照片种类"),
    "threshold": ("threshold", "阈值"),
    "own_threshold": ("the driver's own", "驱动自带的阈值"),
    "fmr_at_most": ("FMR at most", "误识率不超过"),
    "fmr": ("FMR", "误识率 FMR"),
    "fnmr": ("FNMR", "拒识率 FNMR"),
    "apcer": ("APCER", "攻击通过率 APCER"),
    "bpcer": ("BPCER", "真人拒绝率 BPCER"),
    "det": ("DET curve", "DET 曲线"),
    "wrong_checked_named": ("A WRONG NUMBER WAS GIVEN OUT AS CHECKED", "有错误号码被标为“已校验”"),
    "gate_not_switched": (
        "What the gate was right to ask for again is not known: the driver has no setting `gate` to read without it.",
        "无法得知质量门的要求重拍是否正确:驱动没有 `gate` 设置,不能绕过质量门读取这些图片。",
    ),
    "synthetic_pictures": (
        "Synthetic: the pictures were generated, so the shares are an upper bound; measure on your own specimen cards.",
        "合成数据:图片由程序生成,版式来源相近,正确率是上限;请用本行样卡再测。",
    ),
    "synthetic_sittings": (
        "Synthetic, not ISO/IEC 30107-3: generated from few faces. The finished kit needs a laboratory's test.",
        "合成数据,不是 ISO/IEC 30107-3 检测:样本由少量人脸生成。成品设备需经实验室检测。",
    ),
    "synthetic_pairs": (
        "Synthetic: the pairs were generated from few faces. This checks the pipeline; it is no error rate of persons.",
        "合成数据:样本由少量人脸生成,只检验流程,不是真实人群的错误率。",
    ),
    "no_laboratory": (
        "These are your own recordings: the terms are those of ISO/IEC 30107-3, the test is not a laboratory's.",
        "本结果来自自有录制样本:术语采用 ISO/IEC 30107-3,但不是实验室检测。",
    ),
    "relay_not_covered": (
        "Not covered: a real-time relay, in which a living person elsewhere does what is asked.",
        "未覆盖:实时转播攻击(他处真人按提示完成动作)。",
    ),
    "challenge_not_covered": (
        "Not covered: an attack that plays the challenge correctly (a puppet or a rendered face).",
        "未覆盖:能正确完成随机动作的攻击(操控的人偶或合成人脸)。",
    ),
    "no_steps": (
        "Sittings whose label names no steps: nobody knows what they were asked for, so their challenge cannot pass",
        "标签未写明动作步骤的样本:无从得知当时要求的动作,动作检测不可能通过",
    ),
    "worst_attack": ("The worst attack", "最难防的攻击"),
    "layer_not_available": (
        "This layer was not available; it counts as no pass",
        "此层不可用,不计为通过",
    ),
}


def say(name: str, language: str) -> str:
    """Return the text for `name`."""
    found = WORDS.get(name)
    return name if found is None else found[LANGUAGES.index(language)]
