/** The stream of progress lines: one WebSocket that comes again by itself and goes on where it was. */
import type { Shape } from "./client";

export type Line = Shape<"Progress">;
const SIGNED_OUT = 4401;
const AGAIN_MS = [250, 500, 1000, 2000];

export interface Stream {
  close(): void;
}

/** Where a stream goes on: after line `seq` of the agent's `run`. */
export class Place {
  run = "";
  seq = 0;

  /** Take a line in; tells whether it is new. A line of an older number was had already. */
  take(line: Line): boolean {
    const seq = line.seq ?? 0;
    if (line.kind === "joined" || line.kind === "gap") {
      this.run = line.run ?? "";
      this.seq = seq;
      return true;
    }
    if (seq <= this.seq) return false;
    this.seq = seq;
    return true;
  }

  /** Return the query that asks for what comes next. */
  get query(): string {
    return this.run ? `?run=${encodeURIComponent(this.run)}&after=${this.seq}` : "";
  }
}

/** Follow the agent's lines until closed; `up` hears whether the line stands. */
export function follow(told: (line: Line) => void, up: (stands: boolean, signedOut: boolean) => void): Stream {
  const place = new Place();
  let closed = false;
  let tries = 0;
  let socket: WebSocket | undefined;
  let timer = 0;

  const connect = (): void => {
    socket = new WebSocket(`ws://${location.host}/v1/events${place.query}`);
    socket.onmessage = (message: MessageEvent<string>) => {
      tries = 0;
      const line = JSON.parse(message.data) as Line;
      if (line.kind === "joined") up(true, false);
      if (place.take(line)) told(line);
      if (line.kind === "gap") up(true, false);
    };
    socket.onclose = (ended) => {
      if (closed) return;
      up(false, ended.code === SIGNED_OUT);
      if (ended.code === SIGNED_OUT) return;
      timer = window.setTimeout(connect, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    };
  };
  connect();
  return {
    close: () => {
      closed = true;
      window.clearTimeout(timer);
      socket?.close();
    },
  };
}
