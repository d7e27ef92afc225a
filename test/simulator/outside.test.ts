import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import type { Delivery, OutsideRun, ScriptedEvent } from "../../src/testing/index.ts";
import { explore, HistoryError, simulate } from "../../src/testing/index.ts";

const asks = () => ({
  program: pipeline({ name: "p" })
    .human("sure", { answer: z.string() })
    .step("say", ({ answer }) => answer),
  input: 1,
});
const yes: ScriptedEvent = { on: "sure", afterMs: 10, do: (run) => run.answer("yes") };

test("a run that waits for what nobody gives is paused in the end", async () => {
  const history = await simulate({ seed: 3, build: asks });
  expect(history.result).toMatchObject({ status: "paused", pauses: [{ name: "sure" }] });
  expect(history.deliveries).toEqual([]);
});

test("an answer is given when its pause opens, and given again when the process that was to take it dies", async () => {
  const { crashes } = await explore({
    seeds: 500,
    build: asks,
    delivery: "once",
    script: () => [yes],
    check: ({ result, deliveries }) => {
      expect(result.unwrap()).toBe("yes");
      const last = deliveries.map(({ what }) => what);
      expect(last).toEqual(["answer p/sure"]);
    },
  });
  expect(crashes).toBeGreaterThan(200);
});

test("what is done from outside comes late at times, and at times twice: the second time it is refused", async () => {
  const seen: Delivery[] = [];
  await explore({
    seeds: 500,
    build: asks,
    script: () => [yes],
    check: ({ result, deliveries }) => {
      expect(result.unwrap()).toBe("yes");
      seen.push(...deliveries);
    },
  });
  const repeated = seen.filter(({ isRepeated }) => isRepeated);
  expect(repeated.length).toBeGreaterThan(50);
  const refused = seen.filter(({ refusedWith }) => refusedWith !== null);
  expect(refused.length).toBeGreaterThan(40);
  expect(new Set(refused.map(({ refusedWith }) => refusedWith))).toEqual(new Set(["pause_not_found"]));
});

test("signals and cancellations come through the process that has the run, and through others", async () => {
  const through = new Set<string>();
  const cancel = (run: OutsideRun): Promise<unknown> => run.cancel("enough");
  await explore({
    seeds: 300,
    build: asks,
    script: (draws) => [
      { afterMs: draws.int(20), do: (run) => run.signal("sure", "signalled") },
      { afterMs: draws.int(40), do: cancel },
    ],
    check: (history) => {
      expect(["succeeded", "cancelled"]).toContain(history.result.status);
      for (const [, what, who] of history.toString().matchAll(/outside +(signal|cancel).* through (process|desk)/g))
        through.add(`${what} ${who}`);
    },
  });
  expect([...through].toSorted()).toEqual(["cancel desk", "cancel process", "signal desk", "signal process"]);
});

test("what a script does wrong ends the history, and is said", async () => {
  const wrong = (): never => {
    throw new Error("wrong script");
  };
  const failing = simulate({ seed: 5, build: asks, script: () => [{ do: wrong }] });
  await expect(failing).rejects.toThrow(HistoryError);
  await expect(failing).rejects.toThrow(/Seed 5: wrong script[^]*FLUJO_SIM_SEED=5[^]*process 0 {2}runs the program/);
});

test("a step that waits for what is not simulated stands still, and that is said with the history so far", async () => {
  const build = () => ({ program: pipeline({ name: "p" }).step(step("never", () => new Promise<number>(() => undefined))), input: 1 });
  await expect(simulate({ seed: 9, build })).rejects.toThrow(/Seed 9: it stands still[^]*journal of sim-9:/);
});
