import type { Json } from "../../base/json.ts";

/** A program that clients may start. */
export interface ServedProgram {
  /** What its tool is called after: letters, digits, `_` and `-`. */
  readonly name: string;
  /** What it is, in words for a model. */
  readonly description: string;
  /** JSON Schema of its input; null where it takes anything. */
  readonly inputSchema: Json | null;
}

/** Where a run stands, in words for a client. All of it is JSON. */
export interface RunReport {
  readonly runId: string;
  readonly pipeline: string;
  readonly status: "running" | "interrupted" | "succeeded" | "failed" | "paused" | "cancelled" | "stopped";
  readonly output?: Json;
  /** Why it failed, and what to do. */
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string };
  /** What it waits for. */
  readonly pauses?: readonly { readonly pause: string; readonly name: string; readonly show: Json; readonly answerSchema: Json }[];
  readonly usage: Json;
  readonly cost: Json;
  /** What a client can do next. */
  readonly next?: string;
}

/** Starts runs and tells how they stand. What keeps one from being started or found is thrown, as a FlujoError. */
export interface RunsPort {
  readonly programs: readonly ServedProgram[];
  /** @param key - The same for every attempt at the same start: no second run is made for it. Null where the client gives none. */
  start(program: string, input: unknown, key: string | null): Promise<RunReport>;
  status(runId: string): Promise<RunReport>;
  /** @param pause - Null where the run waits for one thing only. */
  answer(runId: string, answer: { readonly pause: string | null; readonly value: unknown }): Promise<RunReport>;
  /** Goes on with a run that was parked or interrupted. */
  resume(runId: string): Promise<RunReport>;
}
