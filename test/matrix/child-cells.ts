import { Flujo, FlujoError, type RunEvent } from "../../src/index.ts";
import type { Provider, Scenario } from "./wire/answers.ts";
import { INPUT, onLookUp, pricesOf, programOf } from "./support/programs.ts";

// The process that is killed while it runs scenarios, or that goes on with them where another was killed.

/** One run of a scenario. */
export interface ChildRun {
  readonly provider: Provider;
  readonly scenario: Scenario;
  readonly runId: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a child is asked to do, all at the same time. */
export interface ChildOrder {
  readonly verb: "run" | "resume";
  readonly runs: readonly ChildRun[];
  /** The order whose look-up never ends in this run, or null. */
  readonly stuck: { readonly runId: string; readonly order: string } | null;
}

/** What a child says. */
export type ChildReport =
  | { readonly kind: "ready" }
  | { readonly kind: "look-up"; readonly runId: string; readonly order: string }
  | { readonly kind: "event"; readonly runId: string; readonly event: RunEvent }
  | { readonly kind: "result"; readonly runId: string; readonly result: unknown }
  | { readonly kind: "error"; readonly runId: string; readonly message: string };

function report(said: ChildReport): void {
  process.send?.(said);
}

async function obey(verb: ChildOrder["verb"], { provider, scenario, runId, file, env }: ChildRun): Promise<void> {
  await using flujo = new Flujo({ state: `sqlite:${file}`, durability: "normal", env, ...pricesOf(provider) });
  const program = programOf(provider, scenario);
  const onEvent = (event: RunEvent): void => report({ kind: "event", runId, event });
  const going = verb === "run" ? flujo.run(program, INPUT, { runId, onEvent }) : flujo.resume(program, runId, { onEvent });
  report({ kind: "result", runId, result: { ...(await going) } });
}

process.on("message", ({ verb, runs, stuck }: ChildOrder) => {
  onLookUp(async (lookUp) => {
    report({ kind: "look-up", ...lookUp });
    if (lookUp.runId === stuck?.runId && lookUp.order === stuck.order) await new Promise(() => {});
  });
  for (const run of runs)
    obey(verb, run).catch((error: unknown) => {
      const message = FlujoError.is(error) ? `${error.code}: ${error.message}` : String(error);
      report({ kind: "error", runId: run.runId, message });
    });
});
process.on("disconnect", () => process.exit(0));
report({ kind: "ready" });
