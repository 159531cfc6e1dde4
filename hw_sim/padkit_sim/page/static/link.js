// The WebSocket to the simulator: tells what is new, asks and waits for the answer, comes back by itself.

const AGAIN_MS = 1000;

export class Link {
  // `hear` gets each message, `stands` whether the simulator is there.
  constructor(hear, stands) {
    this.hear = hear;
    this.stands = stands;
    this.asked = new Map();
    this.number = 0;
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/live`);
    this.socket.addEventListener("open", () => this.stands(true));
    this.socket.addEventListener("message", (event) => this.told(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      this.stands(false);
      for (const answer of this.asked.values()) answer({ ok: false, error: "" });
      this.asked.clear();
      setTimeout(() => this.open(), AGAIN_MS);
    });
  }

  told(message) {
    if (message.is !== "answer") return this.hear(message);
    this.asked.get(message.id)?.(message.reply);
    this.asked.delete(message.id);
  }

  // Send one control request; gives the reply, `{ok: false, error}` for a refusal.
  ask(request) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, error: "" });
    this.number += 1;
    this.socket.send(JSON.stringify({ id: this.number, ask: request }));
    return new Promise((answer) => this.asked.set(this.number, answer));
  }
}
