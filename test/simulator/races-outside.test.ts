import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline } from "../../src/index.ts";
import type { Sim } from "../../src/testing/index.ts";
import { explore } from "../../src/testing/index.ts";
import { racer } from "./support/programs.ts";

// What people and other processes do to a run while it goes on, while it rests, and while nobody has it.

const SEEDS = 10_000;

test("cancel against completion: whichever write a process dies at, what was told live is what is on record", {
  timeout: 300_000,
}, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" })
      .step(racer(sim, "begin"))
      .parallel({ a: racer(sim, "a"), b: racer(sim, "b") })
      .step(racer(sim, "last")),
    input: 1,
  });
  const seen = await explore({
    seeds: SEEDS,
    build,
    builds: "once",
    script: (draws) => {
      const isAbort = draws.chance(0.3);
      return [{ afterMs: draws.int(24), do: (run) => (isAbort ? run.abort("enough") : run.cancel("enough")) }];
    },
    check: ({ result, entries, deliveries }) => {
      const end = entries.at(-1);
      expect(end).toMatchObject({ type: "run-finished", end: { status: result.status } });
      if (result.status === "cancelled") expect(result.reason).toBe("enough");
      else expect(result.unwrap()).toBe("last");
      const refused = deliveries.filter(({ refusedWith }) => refusedWith !== null);
      for (const { refusedWith } of refused) expect(refusedWith).toBe("usage_invalid"); // it had ended
    },
  });
  expect(seen.statuses["cancelled"]).toBeGreaterThan(SEEDS / 10);
  expect(seen.statuses["succeeded"]).toBeGreaterThan(SEEDS / 10);
});

test("answers and signals for the same pause, early, late and twice: each pause is answered once, by the first of them", {
  timeout: 300_000,
}, async () => {
  const build = (sim: Sim) => {
    const first = pipeline({ name: "first" }).human("sure", { answer: z.string() });
    const second = pipeline({ name: "second" }).step(racer(sim, "slow")).human("well", { answer: z.string() });
    return { program: pipeline({ name: "p" }).parallel({ first, second }), input: 1 };
  };
  await explore({
    seeds: 3_000,
    build,
    builds: "once",
    script: (draws) => [
      { on: "sure", afterMs: draws.int(15), do: (run) => run.answer("answered") },
      { on: "sure", afterMs: draws.int(15), do: (run) => run.signal("sure", "signalled") },
      { afterMs: draws.int(30), do: (run) => run.signal("well", "early") },
    ],
    check: ({ result, entries }) => {
      const answers = entries.flatMap((entry) =>
        entry.type === "operation-finished" && entry.op === "human" && entry.outcome.status === "succeeded"
          ? [[entry.name, entry.outcome.value] as const]
          : [],
      );
      expect(answers).toHaveLength(2);
      const given = new Map(answers);
      expect(result.unwrap()).toEqual({ first: { input: 1, answer: given.get("sure") }, second: { input: "slow", answer: "early" } });
    },
  });
});

test("a loop and a sleep of days with a crash anywhere: as many iterations as it takes, each done once on record", {
  timeout: 300_000,
}, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" })
      .loop(
        pipeline({ name: "body" }).step("add", async (n: number, context) => {
          await sim.at(context).latency(3);
          return n + 1;
        }),
        { until: (n) => n >= 4, maxIterations: 10 },
      )
      .sleep("days", "3 days"),
    input: 1,
  });
  await explore({
    seeds: 3_000,
    build,
    builds: "once",
    check: ({ result, passedMs, entries }) => {
      expect(result.unwrap()).toBe(4);
      expect(passedMs).toBeGreaterThanOrEqual(3 * 86_400_000);
      expect(entries.filter((entry) => entry.type === "operation-finished" && entry.name === "add")).toHaveLength(3);
    },
  });
});
