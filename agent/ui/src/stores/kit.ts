/** What the agent says of kit, devices, flows and cases; kept fresh by its events. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { get, type Shape } from "@/api/client";
import { follow, type Line, type Stream } from "@/api/events";
import { useSession } from "./session";

const KEPT_LINES = 200; // a flow's, on the screen

export const useKit = defineStore("kit", () => {
  const status = ref<Shape<"Status">>();
  const devices = ref<Shape<"DeviceView">[]>([]);
  const flows = ref<Shape<"FlowView">[]>([]);
  const cases = ref<Shape<"CaseRow">[]>([]);
  const waiting = ref<Shape<"Item">[]>([]);
  const lines = ref<Record<string, Line[]>>({});
  const stands = ref(false);
  const locked = computed(() => status.value?.standing.mode === "locked" || status.value?.standing.mode === "wiped");
  const session = useSession();
  let stream: Stream | undefined;
  let asking: Promise<void> | undefined;
  let again = false;

  /** Ask for what screens show; calls while one is under way become one more. */
  function look(): Promise<void> {
    if (asking) {
      again = true;
      return asking;
    }
    asking = ask().finally(() => {
      asking = undefined;
      if (again) {
        again = false;
        void look();
      }
    });
    return asking;
  }

  async function ask(): Promise<void> {
    try {
      status.value = await get("/v1/status");
      session.answered();
      if (session.stand !== "signedIn") return;
      cases.value = [...(await get("/v1/cases")).cases];
      flows.value = [...(await get("/v1/flows")).flows];
      waiting.value = [...(await get("/v1/queue")).items];
      if (!locked.value) devices.value = [...(await get("/v1/devices")).devices];
    } catch {
      // shown by whoever watches refusals; what is on the screen stays as it was
    }
  }

  function told(line: Line): void {
    if (line.flow) {
      const kept = (lines.value[line.flow] ??= []);
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      const flow = flows.value.find((it) => it.id === line.flow);
      if (flow) {
        flow.phase = line.phase;
        flow.action = line.action;
        flow.asks = line.kind === "asked" ? [line.note ?? "", ...(line.choices ?? [])] : line.kind === "hint" ? flow.asks : [];
      }
    }
    const device = devices.value.find((it) => it.device === line.device);
    if (line.kind === "device" && device && line.state) device.state = line.state as typeof device.state;
    if (line.kind !== "hint" && line.kind !== "doing") void look();
  }

  /** Return a flow that may have ended. Throws `Refusal`. */
  async function find(id: string): Promise<Shape<"FlowView"> | undefined> {
    return (await get("/v1/flows", {}, "?all=1")).flows.find((it) => it.id === id);
  }

  /** Begin to listen; a second call changes nothing. */
  function listen(): void {
    if (stream) return;
    stream = follow(told, (up, signedOut) => {
      stands.value = up;
      if (signedOut) session.stand = "signedOut";
      void (up ? look() : get("/v1/session").catch(() => undefined));
    });
  }

  /** Stop listening and forget what a stranger must not see. */
  function leave(): void {
    stream?.close();
    stream = undefined;
    devices.value = [];
    flows.value = [];
    cases.value = [];
    waiting.value = [];
    lines.value = {};
    stands.value = false;
  }

  return { status, devices, flows, cases, waiting, lines, stands, locked, look, find, listen, leave };
});
