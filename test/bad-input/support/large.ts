import { Flujo, pipeline, step } from "../../../src/index.ts";

// A process with little memory, and a run with very many items or iterations whose state is a file.

/** What the process is told, as its one argument. */
export interface LargeTask {
  readonly kind: "map" | "loop";
  readonly count: number;
  readonly file: string;
}

/** What it says when it is done. */
export interface LargeSaid {
  readonly status: string;
  readonly output: unknown;
}

const { kind, count, file } = JSON.parse(process.argv[2] ?? "") as LargeTask;
const add = step("add", (n: number) => n + 1);
const programs = {
  map: pipeline({ name: "p" })
    .step("list", (length: number) => Array.from({ length }, (_, index) => index))
    .map(add)
    .step("count", (items) => items.length),
  loop: pipeline({ name: "p" })
    .step("zero", () => 0)
    .loop(add, { until: (n) => n >= count }),
};
await using flujo = new Flujo({ state: `sqlite:${file}`, durability: "normal" });
const result = await flujo.run(programs[kind], count, { runId: "large" });
process.stdout.write(
  JSON.stringify({ status: result.status, output: result.status === "succeeded" ? result.output : null } satisfies LargeSaid),
);
