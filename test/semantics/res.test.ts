import { afterEach, beforeEach, expect, test } from "vitest";
import { pipeline, resource, step } from "../../src/index.ts";
import { echo, RUN_ID, Stage, turns } from "./support/stage.ts";

/** A resource that notes when it is opened and closed; each is a number of its own. */
function noted(stage: Stage, per: "run" | "attempt") {
  let opened = 0;
  return resource({
    open: async () => {
      await Promise.resolve();
      stage.note(`opens ${++opened}`);
      return { number: opened };
    },
    close: ({ number }) => stage.note(`closes ${number}`),
    per,
  });
}

test("RES-1: a resource is opened before the first function is called that declares it, and not before", async () => {
  const stage = new Stage();
  const db = noted(stage, "attempt");
  const uses = step({ name: "uses", resources: { db }, run: (_: unknown, { resources }) => resources.db.number });
  const program = pipeline({ name: "p" })
    .step("before", () => stage.note("before"))
    .branch((value: unknown) => (value === undefined ? ("uses" as const) : ("never" as const)), {
      uses,
      never: step({ name: "never", resources: { other: noted(stage, "run") }, run: () => 0 }),
    });
  expect(await stage.run(program)).toMatchObject({ output: 1 });
  expect(stage.notes).toEqual(["before", "opens 1", "closes 1"]);
});

test("RES-2: per attempt it is opened for each attempt and closed when that has ended, however it ended", async () => {
  const stage = new Stage();
  const db = noted(stage, "attempt");
  const work = step({
    name: "work",
    resources: { db },
    retry: { retries: 1, firstDelayMs: 0 },
    run: (_: unknown, { resources, attempt }) => {
      stage.note(`attempt ${attempt} with ${resources.db.number}`);
      if (attempt === 1) throw new Error("no");
    },
  });
  await stage.run(
    pipeline({ name: "p" })
      .step(work)
      .step("next", () => stage.note("next")),
  );
  expect(stage.notes).toEqual(["opens 1", "attempt 1 with 1", "closes 1", "opens 2", "attempt 2 with 2", "closes 2", "next"]);
});

test("RES-3: per run it is opened once for all that declare it, and closed when the run comes to rest", async () => {
  const stage = new Stage();
  const db = noted(stage, "run");
  const uses = (name: string) =>
    step({ name, resources: { db }, run: (_: unknown, { resources }) => stage.note(`${name} ${resources.db.number}`) });
  await stage.run(pipeline({ name: "p" }).step(uses("a")).step(uses("b")));
  expect(stage.notes).toEqual(["opens 1", "a 1", "b 1", "closes 1"]);
});

test("RES-4: declared around a program it is kept open for everything in it, for each attempt of that program", async () => {
  const stage = new Stage();
  const db = noted(stage, "attempt");
  let calls = 0;
  const uses = <const Name extends string>(name: Name, fail = false) =>
    step({
      name,
      resources: { db },
      run: (_: unknown, { resources }) => {
        stage.note(`${name} ${resources.db.number}`);
        if (fail && ++calls === 1) throw new Error("no");
      },
    });
  const group = pipeline({ name: "group" }).step(uses("a")).step(uses("b", true));
  await stage.run(pipeline({ name: "p" }).step(group, { resources: { db }, retry: { retries: 1, firstDelayMs: 0 } }));
  expect(stage.notes).toEqual(["opens 1", "a 1", "b 1", "closes 1", "opens 2", "a 2", "b 2", "closes 2"]);
});

test("RES-5: one that cannot be opened fails the attempt as resource_failed, which may be retried", async () => {
  let tries = 0;
  const db = resource({
    open: () => {
      if (++tries === 1) throw new Error("no route");
      return "open";
    },
  });
  const work = (retries: number) =>
    step({ name: "work", resources: { db }, retry: { retries, firstDelayMs: 0 }, run: (_: unknown, { resources }) => resources.db });
  expect(await new Stage().run(pipeline({ name: "p" }).step(work(0)))).toMatchObject({
    status: "failed",
    failure: { code: "resource_failed", retryable: true, message: expect.stringContaining("no route") },
  });
  tries = 0;
  expect(await new Stage().run(pipeline({ name: "p" }).step(work(1)))).toMatchObject({ status: "succeeded", output: "open" });
});

const warnings: string[] = [];
const listen = (warning: Error): void => void warnings.push(warning.message);
beforeEach(() => {
  warnings.length = 0;
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

test("RES-6: one that cannot be closed is a warning of the process, and changes nothing else", async () => {
  const db = resource({
    open: () => "open",
    close: () => {
      throw new Error("stuck");
    },
  });
  const work = step({ name: "work", resources: { db }, run: (_: unknown, { resources }) => resources.db });
  expect(await new Stage().run(pipeline({ name: "p" }).step(work))).toMatchObject({ status: "succeeded", output: "open" });
  await turns();
  expect(warnings.join()).toContain("stuck");
});

test.each(["run", "attempt"] as const)(
  "RES-7: per %s it is closed on a cancellation and when the process parks the run, and opened anew by a resume",
  async (per) => {
    const cancelled = new Stage();
    const waits = (stage: Stage) => {
      let calls = 0;
      return step({
        name: "waits",
        resources: { db: noted(stage, per) },
        run: (_: unknown, { resources, signal }) => {
          stage.note(`uses ${resources.db.number}`);
          if (++calls > 1) return "done";
          return new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
        },
      });
    };
    const flujo = cancelled.flujo();
    const going = flujo.run(pipeline({ name: "p" }).step(waits(cancelled)), "in", { runId: RUN_ID });
    await turns();
    await flujo.cancel(RUN_ID);
    expect(await going).toMatchObject({ status: "cancelled" });
    expect(cancelled.notes).toEqual(["opens 1", "uses 1", "closes 1"]);
    const parked = new Stage();
    const program = pipeline({ name: "p" }).step(waits(parked)).step(echo("next"));
    const first = parked.flujo();
    const running = first.run(program, "in", { runId: RUN_ID });
    await turns();
    await first.close();
    expect(await running).toMatchObject({ status: "stopped" });
    expect(await parked.resume(program)).toMatchObject({ status: "succeeded", output: "next done" });
    expect(parked.notes).toEqual(["opens 1", "uses 1", "closes 1", "opens 2", "uses 2", "closes 2"]);
  },
);
