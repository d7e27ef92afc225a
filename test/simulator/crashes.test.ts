import { expect, test } from "vitest";
import { pipeline, step } from "../../src/index.ts";
import type { CrashKind, Sim } from "../../src/testing/index.ts";
import { explore, simulate } from "../../src/testing/index.ts";
import { race, racer } from "./support/programs.ts";

const counted = (sim: Sim) => {
  const one = step("one", (n: number, context) => {
    sim.call("one", context.idempotencyKey);
    return n;
  });
  return {
    program: pipeline({ name: "p" })
      .step(one)
      .step("two", (n: number) => n + 1),
    input: 1,
  };
};

/** The history in which the process dies at its second write: the outcome of the first step. */
function dyingOf(kind: CrashKind) {
  return simulate({ seed: 1, build: counted, crashes: [{ write: 2, kind }] });
}

test("a write that is lost is not in the journal, and what led to it is done again", async () => {
  const { calls, processes, crashes, result } = await dyingOf("lost");
  expect(result.unwrap()).toBe(2);
  expect(crashes).toEqual([{ write: 2, kind: "lost" }]);
  expect(calls.get("one")).toEqual(new Map([["sim-1:p/one", 2]]));
  expect(processes.map(({ told }) => told.map(({ type }) => type))).toEqual([
    ["run-started"],
    ["operation-finished", "operation-finished", "run-finished"],
  ]);
});

test("a write of which nobody was told is in the journal, and is not done again", async () => {
  const { calls, processes } = await dyingOf("untold");
  expect(calls.get("one")).toEqual(new Map([["sim-1:p/one", 1]]));
  expect(processes.map(({ told }) => told.map(({ seq }) => seq))).toEqual([[0], [2, 3]]);
});

test("a write that was told of is in the journal, and the process did nothing after it", async () => {
  const { calls, processes } = await dyingOf("told");
  expect(calls.get("one")).toEqual(new Map([["sim-1:p/one", 1]]));
  expect(processes.map(({ told }) => told.map(({ seq }) => seq))).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(processes.map(({ results }) => results.map(({ status }) => status))).toEqual([[], ["succeeded"]]);
});

test("a crash can be planned after any write, by its number alone", async () => {
  for (const seed of [1, 2, 3]) {
    const { writes } = await simulate({ seed, build: race, crashes: "none" });
    for (let write = 1; write <= writes; write++) {
      const history = await simulate({ seed, build: race, crashes: write });
      expect(history.crashes).toEqual([{ write, kind: "untold" }]);
      expect(history.processes).toHaveLength(2);
      expect(history.result.unwrap()).toBe("ab");
    }
  }
  const twice = await simulate({ seed: 1, build: race, crashes: [1, { write: 3, kind: "lost" }] });
  expect(twice.crashes).toHaveLength(2);
});

test("by lot, processes die at every write there is, in every way", async () => {
  const seen = await explore({ seeds: 2_000, build: race, builds: "once" });
  expect(seen.statuses).toEqual({ succeeded: 2_000 });
  const { writes } = await simulate({ seed: 0, build: race, crashes: "none" });
  expect(seen.crashPoints).toBeGreaterThanOrEqual(3 * writes);
  expect(seen.crashes).toBeGreaterThan(1_000);
});

test("what a dead process had begun goes nowhere: its steps say nothing more, and its effects never take place", async () => {
  const ended: string[] = [];
  const build = (sim: Sim) => {
    const slow = step("slow", async (n: number, context) => {
      await new Promise<void>((resolve) => void sim.latency(0).then(resolve));
      while (sim.process === 0) await sim.at(context).latency(50); // longer than its process lives
      ended.push(`process ${sim.process}`);
      sim.call("slow", context.idempotencyKey);
      return n;
    });
    const quick = step("quick", async (n: number) => {
      await sim.latency(5);
      return n;
    });
    return { program: pipeline({ name: "p" }).parallel({ slow, quick }), input: 1 };
  };
  for (let seed = 0; seed < 30; seed++) {
    ended.length = 0;
    const { calls } = await simulate({ seed, build, crashes: 2 });
    expect(ended).toEqual(["process 1"]);
    expect(calls.get("slow")).toEqual(new Map([[`sim-${seed}:p/parallel/slow`, 1]]));
  }
});

test("what is kept in variables is lost in a crash, unless the program is built once", async () => {
  const seen: number[] = [];
  const build = () => {
    let kept = 0;
    const program = pipeline({ name: "p" }).step("one", (n: number) => {
      seen.push(++kept);
      return n;
    });
    return { program, input: 1 };
  };
  const crashes = [{ write: 2, kind: "lost" }] as const;
  await simulate({ seed: 1, build, crashes });
  await simulate({ seed: 1, build, crashes, builds: "once" });
  expect(seen).toEqual([1, 1, 1, 2]);
});

test("a month goes by in no time, over as many processes as it takes", async () => {
  const build = (sim: Sim) => ({ program: pipeline({ name: "p" }).sleep("month", "30 days").step(racer(sim, "last")), input: 1 });
  const { passedMs, result, resumes, processes } = await simulate({ seed: 7, build, crashes: "none" });
  expect(result.unwrap()).toBe("last");
  expect(passedMs).toBeGreaterThanOrEqual(30 * 24 * 3_600_000);
  expect(resumes).toBe(1);
  expect(processes[0]?.results.map(({ status }) => status)).toContain("paused");
});
