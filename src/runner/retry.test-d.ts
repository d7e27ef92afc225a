import { expectTypeOf } from "vitest";
import type { RunResult } from "../index.ts";
import { Flujo, pipeline, step } from "../index.ts";

const flujo = new Flujo();
const count = pipeline({ name: "count" }).step(step("length", (text: string) => text.length));

// A retry gives what the program gives, and takes what a resume takes.
expectTypeOf(flujo.retry(count, "run-1")).toEqualTypeOf<Promise<RunResult<number>>>();
expectTypeOf<Parameters<Flujo["retry"]>[2]>().toEqualTypeOf<Parameters<Flujo["resume"]>[2]>();

// @ts-expect-error a run has its input already
await flujo.retry(count, "run-1", "a text");
// @ts-expect-error and its context
await flujo.retry(count, "run-1", { context: {} });
