import { afterEach, beforeEach, expect, test } from "vitest";
import { Flujo, type Hooks, pipeline, step } from "../../src/index.ts";
import { HOOK_NAMES } from "../../src/runner/hooks-given.ts";

let warnings: string[] = [];
const listen = (warning: Error): void => {
  if (warning.name === "FlujoWarning") warnings.push(warning.message);
};
beforeEach(() => {
  warnings = [];
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

const told = () => new Promise((resolve) => setImmediate(resolve)); // warnings are told in the next turn

const four = pipeline({ name: "four" })
  .step("a", (n: number) => n + 1)
  .step("b", (n) => n + 1)
  .step("c", (n) => n + 1);

test("every hook may throw: the run comes to the same result, and each is reported once, by its name, run and words", async () => {
  const hooks: Hooks = Object.fromEntries(
    HOOK_NAMES.map((name) => [
      name,
      () => {
        throw new Error(`broken ${name}`);
      },
    ]),
  );
  const result = await new Flujo({ hooks }).run(four, 1, { runId: "run-7" });
  expect(result.unwrap()).toBe(4);
  await told();
  expect(warnings).toEqual([
    "The hook onRunStart of run run-7 threw: broken onRunStart",
    "The hook onStepStart of run run-7 threw: broken onStepStart",
    "The hook onStepEnd of run run-7 threw: broken onStepEnd",
    "The hook onRunEnd of run run-7 threw: broken onRunEnd",
    "Hooks of run run-7 threw again after that was reported: onStepStart 3 times, onStepEnd 3 times.",
  ]);
});

test("two objects with the same hook are two hooks, and the one that throws keeps nothing from the other", async () => {
  const seen: string[] = [];
  const broken: Hooks = {
    onStepStart: () => {
      throw new TypeError("x is undefined");
    },
  };
  const fine: Hooks = { onStepStart: ({ name }) => seen.push(name) };
  await new Flujo({ hooks: [broken, fine, { ...broken }] }).run(
    step("one", (n: number) => n),
    1,
    { runId: "r" },
  );
  expect(seen).toEqual(["one"]);
  await told();
  expect(warnings).toEqual(["The hook onStepStart of run r threw: x is undefined", "The hook onStepStart of run r threw: x is undefined"]);
});

test("a promise is not waited for; one that is rejected is reported, whenever that is", async () => {
  const gate = Promise.withResolvers<void>();
  const hooks: Hooks = {
    onStepEnd: async () => {
      await gate.promise;
      throw new Error("the log is full");
    },
    onRunEnd: () => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable of another library
      then: (_fine: unknown, broken: (error: unknown) => void) => broken("no promise at all"),
    }),
  };
  expect((await new Flujo({ hooks }).run(four, 1, { runId: "r" })).unwrap()).toBe(4);
  await told();
  expect(warnings).toEqual(["The hook onRunEnd of run r threw: no promise at all"]);
  gate.resolve();
  await told();
  await told();
  expect(warnings.slice(1)).toEqual(["The hook onStepEnd of run r threw: the log is full"]);
});

test("a listener that throws at everything is reported once a run, and at its end how often it did; the run goes on", async () => {
  const onEvent = (): void => {
    throw new Error("broken listener");
  };
  const flujo = new Flujo();
  for (const runId of ["r1", "r2"]) {
    let progress = 0;
    const onProgress = (): void => {
      progress++;
      return Promise.reject(new Error("broken promise")) as unknown as void; // as an async listener of plain JavaScript does
    };
    warnings = [];
    expect((await flujo.run(four, 1, { runId, onEvent, onProgress })).unwrap()).toBe(4);
    await told();
    expect(progress).toBeGreaterThan(1);
    const entries = (await flujo.entries(runId)).length;
    expect(warnings.filter((text) => text.includes("broken listener"))).toEqual([`A listener of run ${runId} threw: broken listener`]);
    expect(warnings.filter((text) => text.includes("broken promise"))).toEqual([`A listener of run ${runId} threw: broken promise`]);
    expect(warnings).toContain(`A listener of run ${runId} threw ${entries + progress} times in all; the first was reported.`);
    expect(warnings.length).toBeLessThanOrEqual(4);
  }
});
