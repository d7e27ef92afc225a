import { join } from "node:path";
import type { Golden } from "../../../src/golden/golden.ts";
import { goldenFromRun, recordGolden } from "../../../src/golden/record.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import { CONTRIBUTING_SHAPES } from "./contributing-shapes.ts";
import { EXTENSION_SHAPES } from "./extension-shapes.ts";
import { CUSTOM_SHAPES } from "./custom-shapes.ts";
import { JUDGING_SHAPES } from "./judging-shapes.ts";
import { KEEPING_SHAPES } from "./keeping-shapes.ts";
import { MORE_SHAPES } from "./more-shapes.ts";
import { REMEMBERING_SHAPES } from "./remembering-shapes.ts";
import { ROUTING_SHAPES } from "./routing-shapes.ts";
import { SAGA_SHAPES } from "./saga-shapes.ts";
import { SEARCHING_SHAPES } from "./searching-shapes.ts";
import type { Shape } from "./shapes.ts";
import { SHAPES } from "./shapes.ts";

/** The goldens that keep Flujo's own orchestration, by the names of their files. */
export const OWN: readonly (readonly [name: string, make: () => Shape])[] = Object.entries({
  ...SHAPES,
  ...KEEPING_SHAPES,
  ...MORE_SHAPES,
  ...JUDGING_SHAPES,
  ...SAGA_SHAPES,
  ...SEARCHING_SHAPES,
  ...REMEMBERING_SHAPES,
  ...ROUTING_SHAPES,
  ...CUSTOM_SHAPES,
  ...CONTRIBUTING_SHAPES,
  ...EXTENSION_SHAPES,
}).map(([name, make]) => [name.replaceAll(/[^a-z]+/gi, "-"), make]);

/** Where the golden of a name is. */
export function fileOf(name: string): string {
  return join(import.meta.dirname, "../own", `${name}.golden.yaml`);
}

/** A golden of what the code now loaded does. */
export async function recorded(make: () => Shape): Promise<Golden> {
  const { program, input = "in", cancelsAfterMs, approves = { decision: "approve" } } = make();
  const answers = { pay: approves, ok: true, more: true, look: true, sig: true };
  if (cancelsAfterMs === undefined) return recordGolden(program, input as never, { answers, redact: false });
  const state = memoryStore();
  await using flujo = new Flujo({ state });
  const going = flujo.run(program, input as never, { runId: "r" });
  await new Promise((resolve) => setTimeout(resolve, cancelsAfterMs));
  await flujo.cancel("r", "enough");
  await going;
  return { ...(await goldenFromRun(program, { state, runId: "r", redact: false })), startsAtMs: 0 };
}
