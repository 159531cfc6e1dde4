// The page's own words. Each is there in both languages; names of functions, fields and evidence come from the catalogue.
export const TEXTS = {
  "zh": {
    title: "授权", signs: "{who}（{entity}）签名", other: "English", queue: "等待授权", none: "现在没有等待授权的业务。",
    since: "等待 {minutes} 分钟", round: "第 {round} 次", yes: "已同意 {have}/{needs}", held: "{who} 正在处理", kit: "设备 {kit}",
    queued: "等待", taken: "处理中", approved: "已同意", returned: "已退回", refused: "已拒绝", expired: "已过期", withdrawn: "已撤回",
    fields: "业务要素", evidence: "证据和核查", people: "不得授权的人：{people}", left: "还剩 {seconds} 秒",
    captured: "已采集", waived: "策略豁免", alternative: "替代方式", take: "接手这笔业务", approve: "同意", back: "退回修改",
    refuse: "拒绝", parts: "要修改的部分", reason: "原因（会显示给客户经理，不要写个人信息）", sure: "确定：{act}？", stop: "先不",
    until: "授权有效到 {until}", over: "处理时间已过，请重新接手。", gone: "这笔业务已经不在等待。", files: "图像和文件", noneToSee: "没有可以查看的图像或文件。", noFiles: "设备的图像还没有传到，可以先等一等。", takeToSee: "{count} 个图像或文件，接手后可以查看；每次查看都有记录。",
    open: "打开 {name}", see: "查看 {name}", noPicture: "打不开：{name}。可能处理时间已过，请重新接手。", ended: "终端上的命令已经停止，请重新启动。",
  },
  "en": {
    title: "Authorisation", signs: "signs as {who} ({entity})", other: "中文", queue: "Waiting", none: "Nothing waits now.",
    since: "waits {minutes} min", round: "round {round}", yes: "{have} of {needs} said yes", held: "{who} looks at it", kit: "kit {kit}",
    queued: "waits", taken: "taken", approved: "approved", returned: "returned", refused: "refused", expired: "expired", withdrawn: "withdrawn",
    fields: "The business", evidence: "Evidence and checks", people: "May not decide: {people}", left: "{seconds} s left",
    captured: "captured", waived: "waived by policy", alternative: "in another way", take: "Take this one", approve: "Approve", back: "Return to be mended",
    refuse: "Refuse", parts: "What is to be mended", reason: "Why (the manager sees it: nothing personal)", sure: "{act}: are you sure?", stop: "Not yet",
    until: "The approval holds until {until}", over: "Your time is over; take it again.", gone: "This one does not wait any more.", files: "Pictures and documents", noneToSee: "There is no picture or document to look at.", noFiles: "The kit's pictures have not come yet; they may come in a moment.", takeToSee: "{count} pictures or documents; take the case to look at them. Each look is noted.",
    open: "Open {name}", see: "Look at {name}", noPicture: "{name} does not open; your time may be over, then take the case again.", ended: "The command at the terminal has ended; start it again.",
  },
};
