import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry } from "../../src/index.ts";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";
import { RUN_ID, Stage, turns } from "./support/stage.ts";

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

test("AGAIN-19: what is in doubt beside what failed, and may not be done again, is not; a retry of that does it, with the same key", async () => {
  const stage = new Stage();
  let isBroken = true;
  const keys: string[] = [];
  const pay = step({
    name: "pay",
    effect: "once",
    inDoubt: "fail",
    run: async (value: unknown, { idempotencyKey, signal }): Promise<unknown> => {
      keys.push(idempotencyKey);
      if (isBroken) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
      return value;
    },
  });
  const program = pipeline({ name: "p" }).parallel({
    pays: pipeline().step(pay),
    breaks: pipeline()
      .step(step("turns", async (value: unknown) => (await turns(), value)))
      .step("b", (value) => {
        if (isBroken) throw new Error("b");
        return value;
      }),
  });
  expect(await stage.run(program)).toMatchObject({ failure: { code: "step_failed" } });
  isBroken = false;
  const doubtful = await stage.clock.until(stage.flujo().retry(program, RUN_ID));
  expect(doubtful).toMatchObject({ status: "failed", failure: { code: "in_doubt", path: "p/parallel/pays/pay" } });
  expect(keys).toHaveLength(1);
  expect(await stage.clock.until(stage.flujo().retry(program, AGAIN))).toMatchObject({ status: "succeeded" });
  expect(keys).toEqual([`${RUN_ID}:p/parallel/pays/pay`, `${RUN_ID}:p/parallel/pays/pay`]);
  const intents = (await stage.flujo().entries(`${RUN_ID}-retry-3`)).flatMap((entry: Entry) =>
    entry.type === "operation-intended" ? [entry.idempotencyKey] : [],
  );
  expect(intents).toEqual([`${RUN_ID}:p/parallel/pays/pay`]);
});
