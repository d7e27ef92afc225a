import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";

const RUN_ID = "run-1";
const AGAIN = `${RUN_ID}-retry-2`;

test("AGAIN-19: whichever commit a process dies after, there is one retry, and asked again it ends as if nothing had happened", async () => {
  let deaths = 0;
  for (let last = 0; last < 40; last++) {
    const store = memoryStore();
    const notes: string[] = [];
    let isBroken = true;
    const works = (name: string, breaks = false) =>
      step({
        name,
        effect: "idempotent",
        run: (value: unknown) => {
          notes.push(name);
          if (breaks && isBroken) throw new Error(name);
          return `${name} ${String(value)}`;
        },
      });
    const program = pipeline({ name: "p" })
      .step(works("a"))
      .parallel({ b: pipeline().step(works("b1")).step(works("b2", true)), c: pipeline().step(works("c")) }, { name: "both" })
      .step("join", ({ b, c }) => `${b}, ${c}`)
      .human("ask", { answer: z.string() })
      .step("end", ({ input }) => input)
      .step(works("last"));
    await new Flujo({ state: store }).run(program, "in", { runId: RUN_ID });
    isBroken = false;
    notes.length = 0;
    const { store: doomed, crashed } = crashingStore(store, last);
    const how = await Promise.race([crashed, new Flujo({ state: doomed }).retry(program, RUN_ID)]);
    expect(await store.listRuns({})).toHaveLength(2);
    const after = new Flujo({ state: crashingStore(store, null).store });
    expect(await after.retry(program, RUN_ID)).toMatchObject({ runId: AGAIN, status: "paused" });
    expect((await after.answer(program, AGAIN, { value: "yes" })).unwrap()).toBe("last b2 b1 a in, c a in");
    expect(await store.listRuns({})).toHaveLength(2);
    expect(notes.filter((name) => name === "a" || name === "b1")).toEqual([]);
    if (how !== "crashed") break;
    deaths++;
  }
  expect(deaths).toBeGreaterThan(3);
});
