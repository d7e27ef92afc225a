import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import { openSqliteStore } from "../../../src/journal/sqlite/open-sqlite-store.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import { watchedStore } from "../../kill/killing-store.ts";
import { held, RUN_ID } from "./held.ts";

// A process whose run is called off, and which then has nothing left to do: it must end by itself.

/** What the process is told, as its one argument. */
export interface ChildTask {
  readonly server: string;
  /** Null for a state in memory. */
  readonly file: string | null;
  /** After which commit it is called off; the making of the run is commit 0. */
  readonly after: number;
  /** So long after it, in milliseconds: what was begun by it is under way then. */
  readonly delayMs: number;
  /** `nobody`: some other process does it, when it is told. */
  readonly by: "flujo.cancel" | "its signal" | "nobody";
  /** Whether it closes its Flujo at the end. */
  readonly closes: boolean;
}

/** What the process says, one line each. */
export type ChildSays =
  | { readonly says: "reached" }
  | { readonly says: "ended"; readonly status: string; readonly open: readonly string[]; readonly commits: number };

function say(what: ChildSays): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

async function run({ server, file, after, delayMs, by, closes }: ChildTask): Promise<void> {
  const abort = new AbortController();
  let commits = 0;
  const reached = (): void => {
    if (by === "its signal") abort.abort();
    else if (by === "nobody") say({ says: "reached" });
    else flujo.cancel(RUN_ID).catch((error: unknown) => process.stderr.write(String(error)));
  };
  const inner = file === null ? memoryStore() : await openSqliteStore(file, { synchronous: "normal" });
  const store = watchedStore(inner, (when, { number }) => {
    if (when === "before") return;
    commits++;
    if (number === after) setTimeout(reached, delayMs);
  });
  const env = { OPENAI_COMPATIBLE_BASE_URL: server, OPENAI_COMPATIBLE_API_KEY: "none" };
  const models = { "held:calls": scriptedModel([{ calls: [{ tool: "wait", input: {} }] }]) };
  const flujo = new Flujo({ state: store, env, models, holdMs: Number.POSITIVE_INFINITY });
  const { status } = await flujo.run(held(new URL(server)), "in", { runId: RUN_ID, signal: abort.signal });
  if (closes) await flujo.close();
  setImmediate(() => say({ says: "ended", status, open: process.getActiveResourcesInfo(), commits }));
}

await run(JSON.parse(process.argv[2] ?? "") as ChildTask);
