import { expectTypeOf } from "vitest";
import type { Failure, Hooks, RunResult, StepEndEvent, Usage } from "../index.ts";
import { Flujo, step } from "../index.ts";
import type { FinishReason } from "../model/transcript.ts";

const one = step("one", (n: number) => n);

// What a hook is told needs no types written down, sync or async, and it may be any of an object's or none.
const hooks: Hooks = {
  onRunStart: ({ runId, isResumed, abort }) => {
    expectTypeOf(runId).toEqualTypeOf<string>();
    expectTypeOf(isResumed).toEqualTypeOf<boolean>();
    expectTypeOf(abort).toEqualTypeOf<(reason: string) => void>();
  },
  async onStepEnd(event) {
    expectTypeOf(event).toEqualTypeOf<StepEndEvent>();
    expectTypeOf(event.failure).toEqualTypeOf<Failure | null>();
  },
  onModelEnd: ({ usage, finish }) => {
    expectTypeOf(usage).toEqualTypeOf<Usage>();
    expectTypeOf(finish).toEqualTypeOf<FinishReason | null>();
  },
  onRunEnd: ({ result }) => expectTypeOf(result).toEqualTypeOf<RunResult<unknown> | null>(),
  onFailure: ({ willRetry }) => willRetry,
};
export const flujo = new Flujo({ hooks: [hooks, {}] });
await new Flujo({ hooks }).run(one, 1, { hooks: [hooks] });
await flujo.resume(one, "r", { hooks });

// @ts-expect-error there is no such hook
export const misspelt = new Flujo({ hooks: { onStepStrat: () => 1 } });
// @ts-expect-error a hook is a function
export const noFunction = new Flujo({ hooks: { onRunEnd: "log" } });
// @ts-expect-error what a hook is told cannot be written to
void ({ onRunEnd: (event) => void (event.runId = "x") } satisfies Hooks);
// @ts-expect-error a reason is a text
void ({ onRunStart: ({ abort }) => abort(7) } satisfies Hooks);

const result = await new Flujo().run(one, 1);
if (result.status === "cancelled") expectTypeOf(result.reason).toEqualTypeOf<string | null>();
expectTypeOf(new Flujo().cancel("r", "why")).resolves.toHaveProperty("status");
expectTypeOf(new Flujo().signal("r", "name", { any: "value" })).resolves.toHaveProperty("pauses");
