/** Calls the agent's local API. Paths and shapes come from its own description (`schema.d.ts`, generated). */
import type { components, paths } from "./schema";

export type Shape<Name extends keyof components["schemas"]> = components["schemas"][Name];
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Good<T> = T extends { responses: infer Codes }
  ? { [Code in keyof Codes & (200 | 201 | 202)]: Json<Codes[Code]> }[keyof Codes & (200 | 201 | 202)]
  : never;
type Body<T> = T extends { requestBody: infer Asked } ? Json<Asked> : undefined;
type With<Method extends string> = { [P in keyof paths]: paths[P] extends Record<Method, { responses: unknown }> ? P : never }[keyof paths];

/** The agent, or the way to it, said no. `code` is stable; `agent.away` means that nobody answered. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Watcher = (refusal: Refusal) => void;
let watcher: Watcher = () => undefined;

/** Let `seen` know of each refusal, whoever asked. */
export function onRefusal(seen: Watcher): void {
  watcher = seen;
}

/** Ask for something; `named` fills the path's places. Throws `Refusal`. */
export async function get<P extends With<"get">>(path: P, named: Record<string, string> = {}, query = ""): Promise<Good<paths[P]["get"]>> {
  return (await send("GET", filled(path, named) + query)) as Good<paths[P]["get"]>;
}

/** Let something be done. Throws `Refusal`. */
export async function post<P extends With<"post">>(
  path: P,
  body: Body<paths[P]["post"]>,
  named: Record<string, string> = {},
): Promise<Good<paths[P]["post"]>> {
  return (await send("POST", filled(path, named), body)) as Good<paths[P]["post"]>;
}

/** Put names into a path's places. */
export function filled(path: string, named: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name] ?? ""));
}

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  try {
    const asked: RequestInit = { method, credentials: "same-origin" };
    if (body !== undefined) Object.assign(asked, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    let answer: Response;
    try {
      answer = await fetch(path, asked);
    } catch {
      throw new Refusal("agent.away", "no agent answers");
    }
    const told: unknown = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const { code, message } = (told as Partial<Shape<"Refusal">>).error ?? { code: "http", message: answer.statusText };
      throw new Refusal(code, message);
    }
    return told;
  } catch (problem) {
    if (problem instanceof Refusal) watcher(problem);
    throw problem;
  }
}
