// Every text of the page in English and Chinese. What a key lacks here is shown as the simulator words it.

import { FAULTS_ZH } from "./faults_zh.js";

const TEXTS = {
  speed: ["Speed", "速度"], picture: ["The kit", "套件"], tablet: ["tablet", "平板"], clip: ["back-clip", "背夹"], kit: ["Kit", "套件"],
  picture_hint: ["Click a part to act on it, a cable to pull it out or put it in.", "点击部件即可操作；点击线缆可拔下或插上。"],
  devices: ["Devices", "设备"], faults_now: ["Faults that wait", "等待触发的故障"], fired: ["Struck so far", "已触发"],
  log: ["On the wires", "线路记录"], log_device: ["Device", "设备"], log_search: ["Find", "查找"], all: ["all", "全部"], copy: ["Copy", "复制"],
  pause: ["Pause", "暂停"], go_on: ["Go on", "继续"], save: ["Save", "保存"], empty: ["Empty", "清空"], left_out: ["left out", "略去"],
  live: ["live", "实时"], not_there: ["The simulator does not answer. Trying again…", "模拟器没有响应，正在重试…"], close: ["Close", "关闭"],
  yes: ["yes", "是"], no: ["no", "否"], hands: ["What a person can do", "人可以做的操作"], cable: ["Cable and power", "线缆与电源"],
  faults: ["Let something go wrong", "制造故障"], fault: ["Fault", "故障"], when: ["When and how often", "何时、几次"], arm: ["Arm", "布置"],
  nth: ["at the nth time", "第几次"], times: ["so many times (0: always)", "触发次数（0：一直）"], chance: ["chance, 0 to 1", "概率（0–1）"],
  after_s: ["not before (seconds)", "延后（秒）"], clear: ["Clear", "解除"], clear_all: ["Clear all", "全部解除"], seen: ["seen", "已遇"],
  fired_times: ["struck", "已触发"], none_armed: ["None.", "无。"], none_fired: ["None yet.", "尚无。"], in_all: ["in all", "合计"],
  plug: ["Plug in", "插上"], unplug: ["Pull the cable", "拔下线缆"], plugged: ["plugged", "已插上"], unplugged: ["pulled out", "已拔下"],
  as_other: ["as another (serial number)", "冒充另一台（序列号）"], power_cycle: ["Cut the power", "断电重启"],
  take_after: ["customer takes after (s)", "客户自动取卡（秒）"], bin: ["bin", "废卡"], error: ["error", "错误"], moving: ["moving", "走卡中"],
  ready: ["ready", "就绪"], asleep: ["not started", "未初始化"], lay_here: ["lay a card here", "在此放身份证"], touch_here: ["touch", "按指"],
  card_in: ["card inside", "有卡"], no_card: ["no card", "无卡"], signing: ["signing…", "签名中…"], sign_here_short: ["sign", "签名"], tampered: ["tampered", "已被拆动"],
  "dir.in": ["to the device", "发往设备"], "dir.out": ["from the device", "来自设备"], "dir.note": ["what happened", "事件"],
  "type.card_dispenser": ["Card box", "发卡箱"], "type.eject_box": ["Card box that only ejects", "只推卡的发卡箱"], "type.identity_reader": ["Identity-card reader", "身份证阅读器"],
  "type.card_reader": ["Bank-card reader", "银行卡读卡器"], "type.fingerprint_uru4500": ["Fingerprint reader", "指纹仪"],
  "type.fingerprint_r30x": ["Fingerprint module", "指纹模块"], "type.signature_pad": ["Signature pad", "签名板"], "type.pin_pad": ["PIN pad", "密码键盘"],
  "action.take_card": ["Take the card", "取走卡片"], "action.push_card": ["Push a card in", "塞回卡片"], "action.clear_jam": ["Clear the jam", "排除卡塞"],
  "action.remove_card": ["Take the card out", "取出卡片"], "action.lay_card": ["Lay an identity card", "放上身份证"],
  "action.lift_card": ["Lift the card", "拿起身份证"], "action.insert_card": ["Insert a card", "插入卡片"],
  "action.touch_finger": ["Touch with a finger", "按上手指"], "action.lift_finger": ["Lift the finger", "抬起手指"],
  draw_here: ["Sign here with the mouse, a finger or a pen", "请用鼠标、手指或笔在此签名"],
  draw_hint: ["The pad's screen as it is now. Each stroke reaches the pad when the pen goes up.", "签名板当前的屏幕；每一笔在抬笔时传给签名板。"],
  waits_for_pen: ["please sign", "请签名"], idle: ["asleep", "待机"], "press.cancel": ["cancel", "取消"], "press.redo": ["redo", "重签"],
  "press.confirm": ["confirm", "确认"], "state.model": ["model", "型号"], "state.status": ["status", "状态"], "state.capturing": ["takes a signature", "采集中"],
  "state.inking": ["shows ink", "显示笔迹"], "state.screen": ["screen (SHA-256)", "屏幕 (SHA-256)"], "state.blank": ["screen is blank", "屏幕空白"],
  "state.ink_area": ["ink area", "签名区"], "state.reports": ["pen reports", "笔数据"], "state.entering": ["takes a PIN", "输入中"], "state.stars": ["keys pressed", "已按键数"],
  "state.key_ids": ["keys inside", "已装密钥"], "state.tampered": ["tampered", "已被拆动"], "state.authenticated": ["authenticated", "已认证"],
  "state.plain_input": ["plain input", "明文输入"], "state.width_px": ["width (px)", "宽（像素）"], "state.height_px": ["height (px)", "高（像素）"],
  "state.pictures": ["pictures taken", "已拍图像"], "state.mode": ["mode", "模式"],
  "action.sign": ["Sign", "签名"], "action.draw": ["Draw", "手写"], "action.press": ["Press", "点按"], "action.lift_pen": ["Lift the pen", "抬笔"],
  "action.press_keys": ["Press keys", "按键"], "action.confirm": ["Confirm", "确认"], "action.redo": ["Sign again", "重签"], "action.cancel": ["Cancel", "取消"],
  "field.person": ["person", "人员"], "field.pan": ["card number", "卡号"], "field.item": ["which", "哪个"],
  "place.hopper": ["in the hopper", "卡箱"], "place.path": ["in the path", "通道"], "place.gate": ["at the gate", "出卡口"],
  "place.hand": ["in the hand", "客户手中"], "place.bin": ["in the bin", "废卡箱"], "place.out": ["lying outside", "掉在外面"],
  "state.cable": ["cable", "线缆"], "state.initialised": ["started", "已初始化"], "state.moving": ["motors run", "电机运转"],
  "state.error": ["error code", "错误码"], "state.sensors": ["sensors", "传感器"], "state.entry_allowed": ["gate open to cards", "允许进卡"],
  "state.chip_powered": ["chip has power", "芯片上电"], "state.hopper": ["cards in the hopper", "卡箱余卡"], "state.bin": ["cards in the bin", "废卡数"],
  "state.bin_counter": ["bin counter", "废卡计数"], "state.counting": ["counts captures", "计数中"], "state.take_after_s": ["customer takes after", "自动取卡（秒）"],
  "state.cards": ["cards", "卡片"], "state.person": ["card on it", "放着的证件"], "state.found": ["card found", "已寻到卡"],
  "state.selected": ["card selected", "已选卡"], "state.already_read": ["read already", "已读过"], "state.baud": ["baud", "波特率"],
  "state.people": ["people", "人员"], "state.inserted": ["card in it", "插着的卡"], "state.powered": ["powered", "已上电"], "state.numbers": ["cards at hand", "手边的卡"],
  "state.lying": ["finger on it", "按着的手指"], "action.hold_finger": ["Hold a finger on it", "按住手指"], "state.fingers": ["fingers", "手指"], "state.led": ["lamp", "指示灯"], "state.signatures": ["signatures", "签名样本"],
};
const KEY = "padkit-sim-language";
let at = 0;

setLanguage(localStorage.getItem(KEY) ?? (navigator.language.startsWith("zh") ? "zh" : "en"), false);

export function language() {
  return at === 1 ? "zh" : "en";
}

export function setLanguage(name, keep = true) {
  at = name === "zh" ? 1 : 0;
  if (keep) localStorage.setItem(KEY, name);
}

// The text of `key`; `otherwise` when there is none.
export const t = (key, otherwise = key) => TEXTS[key]?.[at] ?? otherwise;

export const actionText = (hand) => t(`action.${hand.action}`, hand.does || hand.action);

export const faultText = (name, strikes) => (at === 1 ? (FAULTS_ZH[name] ?? strikes) : strikes);
