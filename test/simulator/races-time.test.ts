import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry } from "../../src/index.ts";
import { pipeline, step } from "../../src/index.ts";
import type { Sim } from "../../src/testing/index.ts";
import { explore } from "../../src/testing/index.ts";
import { racer } from "./support/programs.ts";

// Against the clock: what was first on record has won, live and in every replay.

const SEEDS = 10_000;

/** When the time of the wait of this name was over. */
function overIn(entries: readonly Entry[], name: string): number {
  const [wait] = entries.filter((entry) => entry.type === "wait-opened" && entry.name === name);
  return wait?.type === "wait-opened" && wait.wakeAtMs !== undefined ? wait.wakeAtMs : expect.fail(`${name} has no time limit`);
}

test("timeout against answer: whichever write a process dies at, replay gives the winner that was live", { timeout: 300_000 }, async () => {
  const build = (sim: Sim) => ({
    program: pipeline({ name: "p" }).human("sure", { answer: z.string(), timeoutMs: 50, default: "nobody" }).step(racer(sim, "after")),
    input: 1,
  });
  let [answered, timedOut, late] = [0, 0, 0];
  await explore({
    seeds: SEEDS,
    build,
    builds: "once",
    script: (draws) => [{ on: "sure", afterMs: 20 + draws.int(60), do: (run) => run.answer("somebody") }],
    check: ({ result, deliveries, entries }) => {
      expect(result.status).toBe("succeeded");
      const wait = entries.find((entry) => entry.type === "operation-finished" && entry.name === "sure");
      const isAnswered = JSON.stringify(wait).includes("somebody");
      const output = result.steps[0]?.status === "succeeded" ? result.steps[0].output : null;
      expect(output).toEqual({ input: 1, answer: isAnswered ? "somebody" : "nobody" });
      const accepted = deliveries.filter(({ refusedWith }) => refusedWith === null);
      if (!isAnswered) expect(accepted).toEqual([]); // nobody was told that it counts
      const overAtMs = overIn(entries, "sure");
      for (const { atMs } of accepted) expect(atMs.at(-1)).toBeLessThanOrEqual(overAtMs); // whoever ran the run then
      if (deliveries.some(({ atMs: [first = 0] }) => first > overAtMs)) late++;
      if (isAnswered) answered++;
      else timedOut++;
    },
  });
  expect(answered).toBeGreaterThan(SEEDS / 10);
  expect(timedOut).toBeGreaterThan(SEEDS / 10);
  expect(late).toBeGreaterThan(SEEDS / 10);
});

test("timeout against signal, over days: the run is at rest meanwhile, and the winner is the one on record", {
  timeout: 300_000,
}, async () => {
  const build = () => ({
    program: pipeline({ name: "p" }).waitFor("paid", {
      schema: z.object({ cents: z.number() }),
      timeoutMs: 86_400_000,
      default: { cents: 0 },
    }),
    input: 1,
  });
  let [paid, unpaid] = [0, 0];
  await explore({
    seeds: 3_000,
    build,
    builds: "once",
    script: (draws) => [{ on: "paid", afterMs: 86_399_700 + draws.int(600), do: (run) => run.signal("paid", { cents: 5 }) }],
    check: ({ result, deliveries, entries }) => {
      const isTaken = entries.some(({ type }) => type === "signal-taken");
      expect(result.unwrap()).toEqual({ input: 1, signal: { cents: isTaken ? 5 : 0 } });
      const overAtMs = overIn(entries, "paid");
      if (isTaken) expect(deliveries.some(({ atMs }) => atMs.some((each) => each <= overAtMs))).toBe(true); // what came later is nobody's, and refused by nobody
      if (isTaken) paid++;
      else unpaid++;
    },
  });
  expect(Math.min(paid, unpaid)).toBeGreaterThan(300);
});

test("an attempt's time against the attempt, the total time against its fallback: what was on record first is what came of it", {
  timeout: 300_000,
}, async () => {
  const build = (sim: Sim) => {
    const slow = step("slow", async (_n: number, context) => {
      const here = sim.at(context);
      await here.latency(12, here.chance(0.5) ? context.signal : undefined);
      if (here.chance(0.2)) throw new Error("slow fails");
      return "slow";
    });
    const cheap = step("cheap", async (_n: number, context) => {
      await sim.at(context).latency(8);
      return "cheap";
    });
    const inner = pipeline({ name: "inner" })
      .step("begin", async (n: number, context) => {
        await sim.at(context).latency(3);
        return n;
      })
      .step(slow);
    const program = pipeline({ name: "p" })
      .step(inner, { timeoutMs: 10, retries: 1, totalTimeoutMs: 30, fallback: cheap })
      .step(racer(sim, "after"));
    return { program, input: 1 };
  };
  const seen = await explore({
    seeds: 3_000,
    build,
    builds: "once",
    check: ({ result }) => {
      const [node] = result.steps;
      if (node?.status === "succeeded") expect(["slow", "cheap"]).toContain(node.output);
      else expect(["timeout", "step_failed"]).toContain(node?.failure.code);
    },
  });
  expect(Object.keys(seen.statuses).length).toBeGreaterThan(0);
});

test("retries with jitter on a virtual clock: as many attempts as are allowed, each on record once", { timeout: 300_000 }, async () => {
  const build = (sim: Sim) => {
    const flaky = (name: string) =>
      step({
        name,
        retry: { retries: 3, firstDelayMs: 5 },
        timeoutMs: 6,
        run: async (n: number, context) => {
          const here = sim.at(context);
          await here.latency(9);
          if (here.chance(0.4)) throw new Error(`${name} fails`);
          return n;
        },
      });
    return { program: pipeline({ name: "p" }).parallel({ a: flaky("a"), b: flaky("b") }, { onFailure: "ignore" }), input: 1 };
  };
  const seen = await explore({
    seeds: 3_000,
    build,
    builds: "once",
    check: ({ entries }) => {
      for (const name of ["a", "b"]) {
        const outcomes = entries.filter((entry) => entry.type === "operation-finished" && entry.name === name);
        expect(outcomes.length).toBeLessThanOrEqual(4);
        expect(outcomes.map(({ key }) => String(key))).toEqual(
          outcomes.map((_, index) => `p/parallel/${name}${index === 0 ? "" : `#${index + 1}`}`),
        );
      }
    },
  });
  expect(seen.orders).toBeGreaterThan(50);
});
