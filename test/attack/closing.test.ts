import { afterEach, beforeEach, expect, test } from "vitest";
import { Flujo, pipeline, resource, step } from "../../src/index.ts";

// What becomes of work whose resource does not close: the work is done, and is not done again.

const warnings: string[] = [];
const listen = (warning: Error): void => void warnings.push(warning.message);
beforeEach(() => {
  warnings.length = 0;
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

function neverCloses() {
  let opened = 0;
  return resource({ open: () => ({ number: ++opened }), close: () => new Promise<void>(() => undefined) });
}

test("a step that is done in time is not done again because its resource closes too late", async () => {
  let payments = 0;
  const pay = step({
    name: "pay",
    resources: { session: neverCloses() },
    timeoutMs: 200,
    retry: { retries: 2, firstDelayMs: 0 },
    run: () => ++payments,
  });
  await using flujo = new Flujo({ graceMs: 50 });
  expect(await flujo.run(pay, "order")).toMatchObject({ status: "succeeded", output: 1, steps: [{ attempts: 1 }] });
  expect(payments).toBe(1);
  expect(warnings.join()).toContain("is not closed 50 ms later");
});

test("a resource that never closes keeps no other from being opened for longer than the grace period", async () => {
  const uses = step({ name: "uses", resources: { session: neverCloses() }, run: (_: number, { resources }) => resources.session.number });
  await using flujo = new Flujo({ graceMs: 20 });
  const program = pipeline({ name: "p" })
    .map(uses, { name: "all", concurrency: 1 })
    .step("count", (numbers) => numbers.length);
  expect(await flujo.run(program, [1, 2, 3])).toMatchObject({ status: "succeeded", output: 3 });
});

test("two that fail to open the same take nothing else from their scope: what is open there is closed", async () => {
  const closed: string[] = [];
  let tries = 0;
  const broken = resource({
    open: async (): Promise<string> => {
      tries++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error("no route");
    },
  });
  const sound = resource({ open: () => "sound", close: (name) => void closed.push(name) });
  const needs = <const Name extends string>(name: Name) => step({ name, resources: { broken }, run: () => name });
  const program = pipeline({ name: "p" }).step(
    pipeline({ name: "group" }).parallel(
      { one: needs("one"), two: needs("two"), three: step({ name: "three", resources: { sound }, run: () => "three" }) },
      { onFailure: "ignore" },
    ),
    { resources: { broken, sound } },
  );
  await using flujo = new Flujo();
  expect(await flujo.run(program, "in")).toMatchObject({ status: "succeeded", output: { three: "three" } });
  expect(tries).toBe(1);
  expect(closed).toEqual(["sound"]);
});
