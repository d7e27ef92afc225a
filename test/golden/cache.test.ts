import { expect, test } from "vitest";
import { checkGolden } from "../../src/golden/check.ts";
import { goldenFromRun } from "../../src/golden/record.ts";
import { cached, Flujo, memoryCache, pipeline, step } from "../../src/index.ts";
import { memoryState } from "../../src/testing/index.ts";

function program(asked: string[], backend = memoryCache()) {
  const price = step("price", (what: string) => {
    asked.push(what);
    return what.length;
  });
  return pipeline({ name: "p" }).step(cached(price, { backend }));
}

test("a hit replays as the hit that it was, where nothing is kept, and a miss as a miss, where something is", async () => {
  const asked: string[] = [];
  const state = memoryState();
  await using flujo = new Flujo({ state });
  const kept = program(asked);
  for (const runId of ["miss", "hit"]) await flujo.run(kept, "tea", { runId });
  expect(asked).toEqual(["tea"]);
  const [miss, hit] = await Promise.all(["miss", "hit"].map((runId) => goldenFromRun(kept, { state, runId, redact: false })));
  if (miss === undefined || hit === undefined) throw new Error("There are two goldens.");
  asked.length = 0;
  expect((await checkGolden(program(asked), hit, { redact: false })).level).toBe("clean");
  expect(asked).toEqual([]);
  expect((await checkGolden(kept, miss, { redact: false })).level).toBe("clean");
  expect(asked).not.toEqual([]);
});

test("a program that is asked something else than was recalled drifts there", async () => {
  const state = memoryState();
  await using flujo = new Flujo({ state });
  const backend = memoryCache();
  const shouts = (make: (text: string) => string) =>
    pipeline({ name: "p" })
      .step(step("make", make))
      .step(
        cached(
          step("price", (what: string) => what.length),
          { backend },
        ),
      );
  const before = shouts((text) => text);
  for (const runId of ["first", "second"]) await flujo.run(before, "tea", { runId });
  const golden = await goldenFromRun(before, { state, runId: "second", redact: false });
  const { level, causes } = await checkGolden(
    shouts((text) => `${text}!`),
    golden,
    { redact: false },
  );
  expect(level).toBe("fail");
  expect(causes.map(({ head }) => `${head.class} at ${head.path}`)).toEqual(["output at p/make"]);
});
