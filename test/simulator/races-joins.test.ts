import { expect, test } from "vitest";
import { pipeline } from "../../src/index.ts";
import type { Sim } from "../../src/testing/index.ts";
import { explore } from "../../src/testing/index.ts";
import { toldLive, winnersOf } from "./support/journal.ts";
import { racer } from "./support/programs.ts";

// Whoever won while it happened has won for good: a process that goes on after a crash comes to the same end.

const SEEDS = 10_000;

test("any: whichever write a process dies at, replay gives the winner that was live", { timeout: 300_000 }, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" })
      .parallel({ a: racer(sim, "a", 0.3), b: racer(sim, "b", 0.3), c: racer(sim, "c", 0.3) }, { join: "any", name: "race" })
      .step(racer(sim, "after")),
    input: 1,
  });
  const seen = await explore({
    seeds: SEEDS,
    build,
    builds: "once",
    check: ({ result, entries, processes }) => {
      const [winner] = winnersOf(entries, "p/race");
      const [live] = winnersOf(toldLive({ processes }), "p/race");
      if (live !== undefined && live !== winner) throw new Error(`live, ${live} won, and on record ${winner}`);
      const output = result.steps[0]?.status === "succeeded" ? result.steps[0].output : null;
      if (winner !== undefined) expect(output).toEqual({ branch: winner, output: winner });
      else expect(result.status).toBe("failed");
    },
  });
  expect(seen).toMatchObject({ histories: SEEDS, statuses: { succeeded: expect.any(Number), failed: expect.any(Number) } });
  expect(seen.orders).toBeGreaterThan(10);
  expect(seen.crashes).toBeGreaterThan(SEEDS / 3);
});

test("a quorum of two: whichever write a process dies at, replay gives the winners that were live", { timeout: 300_000 }, async () => {
  const names = ["a", "b", "c", "d"] as const;
  const build = (sim: Sim) => {
    const [a, b, c, d] = names.map((name) => racer(sim, name, 0.3));
    return {
      program: pipeline({ name: "p" }).parallel({ a, b, c, d } as Record<string, NonNullable<typeof a>>, { join: 2, name: "race" }),
      input: 1,
    };
  };
  const seen = await explore({
    seeds: SEEDS,
    build,
    builds: "once",
    check: ({ result, entries, processes }) => {
      const winners = winnersOf(entries, "p/race").slice(0, 2);
      const live = winnersOf(toldLive({ processes }), "p/race");
      for (const [index, name] of winners.entries()) if (live.includes(name)) expect(live.indexOf(name)).toBeLessThanOrEqual(index);
      if (winners.length === 2) expect(Object.keys(result.unwrap() as object).toSorted()).toEqual(winners.toSorted());
      else expect(result.status).toBe("failed");
    },
  });
  expect(seen).toMatchObject({ histories: SEEDS, statuses: { succeeded: expect.any(Number), failed: expect.any(Number) } });
  expect(seen.orders).toBeGreaterThan(20);
});

test("all, where a failure cancels the others: the failure that was first live is the one for good", { timeout: 300_000 }, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" }).parallel(
      { a: racer(sim, "a", 0.4), b: racer(sim, "b", 0.4), c: racer(sim, "c", 0.4) },
      { name: "race" },
    ),
    input: 1,
  });
  await explore({
    seeds: 3_000,
    build,
    builds: "once",
    check: ({ result, entries }) => {
      const first = entries.find((entry) => entry.type === "operation-finished" && entry.outcome.status === "failed");
      if (first === undefined) expect(result.status).toBe("succeeded");
      else expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: first.key } });
    },
  });
});

test("a map of items that fail, two at a time: the same items are lost whoever goes on with it", { timeout: 300_000 }, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" })
      .step("list", (n: number) => [n, n + 1, n + 2, n + 3])
      .map(racer(sim, "item", 0.2), { concurrency: 2, onFailure: "collect" }),
    input: 1,
  });
  const seen = await explore({
    seeds: 3_000,
    build,
    builds: "once",
    check: ({ result, entries }) => {
      const failed = entries.flatMap((entry) =>
        entry.type === "operation-finished" && entry.outcome.status === "failed" ? [String(entry.key)] : [],
      );
      const lost = result.unwrap().flatMap((item, index) => (item.status === "failed" ? [`p/map[${index}]`] : []));
      expect(lost).toEqual(failed.map((key) => key.slice(0, "p/map[0]".length)).toSorted());
    },
  });
  expect(seen.orders).toBeGreaterThan(5);
});
