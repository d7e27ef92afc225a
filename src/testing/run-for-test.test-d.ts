import { expectTypeOf } from "vitest";
import { z } from "zod";
import { pipeline } from "../dsl/index.ts";
import { resumeForTest, runForTest } from "./run-for-test.ts";
import type { Fault } from "./faults/fault.ts";

const counts = pipeline({ name: "counts", input: z.string(), context: z.object({ n: z.number() }) }).step(
  "size",
  (text: string) => text.length,
);

// The result is that of the program; input and context are what it takes.
const { result } = await runForTest(counts, "text", { context: { n: 1 } });
if (result.status === "succeeded") expectTypeOf(result.output).toEqualTypeOf<number>();
expectTypeOf(result.unwrap()).toEqualTypeOf<number>();
// @ts-expect-error it takes text
await runForTest(counts, 7);
// @ts-expect-error its context has a number
await runForTest(counts, "text", { context: { n: "1" } });

// A resume needs the state that the run is in.
const { state } = await runForTest(counts, "text", { context: { n: 1 } });
expectTypeOf((await resumeForTest(counts, "id", { state })).result.unwrap()).toEqualTypeOf<number>();
// @ts-expect-error without it there is nothing to go on with
await resumeForTest(counts, "id", {});

// A fault is of one kind, with what belongs to that.
expectTypeOf({ at: "a", do: "fail", code: "timeout" } as const).toExtend<Fault>();
expectTypeOf({ at: "a", do: "crash", when: "after" } as const).toExtend<Fault>();
expectTypeOf({ at: "a", do: "explode" } as const).not.toExtend<Fault>();
expectTypeOf({ at: "a", do: "fail", code: "no_such_code" } as const).not.toExtend<Fault>();
