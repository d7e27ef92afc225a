import { messageOf, FlujoError } from "../../src/base/errors.ts";
import { Flujo } from "../../src/index.ts";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { countEffectsIn, journey, threeTools } from "./journey.ts";
import type { KillPoint, SeenCommit } from "./killing-store.ts";
import { killThisProcess, watchedStore } from "./killing-store.ts";

// The process that is killed, or that goes on where another was killed. It does what it is told over IPC.

/** What a child is asked to do with a run. */
export interface ChildOrder {
  readonly verb: "run" | "resume";
  readonly program: "journey" | "threeTools";
  readonly runId: string;
  readonly file: string;
  readonly effects: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** Where it is to die; null for not at all. */
  readonly kill: KillPoint | null;
  /** Die after the commit that holds the outcome of so many tools. */
  readonly killAfterTools: number | null;
}

/** What a child says when it is done. */
export type ChildReport =
  | { readonly kind: "result"; readonly result: unknown; readonly commits: number }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly details: unknown }
  | { readonly kind: "ready" };

const PROGRAMS = { journey, threeTools };

async function obey(order: ChildOrder): Promise<ChildReport> {
  countEffectsIn(order.effects);
  let commits = 0;
  let tools = 0;
  const watch = (when: "before" | "after", { number, entries }: SeenCommit): void => {
    if (when === "after") commits++;
    if (order.kill?.when === when && order.kill.commit === number) killThisProcess();
    if (when === "before") return;
    tools += entries.filter((entry) => entry.type === "operation-finished" && entry.op === "tool").length;
    if (order.killAfterTools !== null && tools >= order.killAfterTools) killThisProcess();
  };
  const inner = await openSqliteStore(order.file, { synchronous: "normal" });
  await using flujo = new Flujo({ state: watchedStore(inner, watch), env: order.env });
  const program = PROGRAMS[order.program] as typeof journey;
  const { input, runId } = order;
  const result = await (order.verb === "run" ? flujo.run(program, input, { runId }) : flujo.resume(program, runId));
  return { kind: "result", result: { ...result }, commits };
}

function report(said: ChildReport): void {
  process.send?.(said);
}

process.on("message", (order: ChildOrder) => {
  obey(order).then(report, (error: unknown) => {
    const known = FlujoError.is(error);
    report({ kind: "error", code: known ? error.code : "unknown", message: messageOf(error), details: known ? error.details : null });
  });
});
process.on("disconnect", () => process.exit(0));
report({ kind: "ready" });
