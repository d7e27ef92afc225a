import { expect, test } from "vitest";
import type { AnyStep, Flujo, RunResult, StepContext } from "../../src/index.ts";
import { pipeline, saga, step, withPolicy } from "../../src/index.ts";
import { echo, RUN_ID, Stage, turns } from "./support/stage.ts";

const AGAIN = `${RUN_ID}-retry-2`;
const THIRD = `${RUN_ID}-retry-3`;

/** What a test breaks, by name. */
class Bench extends Stage {
  readonly broken = new Set<string>();

  does(name: string) {
    return step(name, (value: unknown, { idempotencyKey }: StepContext): string => {
      this.note(`${name} ${idempotencyKey.split(":")[0]}`);
      if (this.broken.has(name)) throw new Error(`${name} fails`);
      return `${name} ${String(value)}`;
    });
  }

  undoes(name: string) {
    return step("undo", () => {
      this.note(`undo ${name}`);
      if (this.broken.has(`undo ${name}`)) throw new Error(`undo ${name} fails`);
    });
  }

  retry(program: AnyStep, runId = RUN_ID, options: Parameters<Flujo["retry"]>[2] = {}): Promise<RunResult<unknown>> {
    return this.clock.until(this.flujo().retry(program, runId, options));
  }

  called(): readonly string[] {
    return this.notes.splice(0);
  }
}

function trip(bench: Bench) {
  const book = pipeline({ name: "book" })
    .step(bench.does("flight"), { compensate: bench.undoes("flight") })
    .step(bench.does("hotel"), { compensate: bench.undoes("hotel") })
    .step(bench.does("car"));
  return pipeline({ name: "p" }).step(bench.does("a")).step(saga(book)).step(bench.does("last"));
}

test("AGAIN-8: a saga that has undone something runs again as a whole, with idempotency keys of the retry", async () => {
  const bench = new Bench();
  bench.broken.add("car");
  expect(await bench.run(trip(bench))).toMatchObject({ failure: { path: "p/book/run/car" } });
  expect(bench.called()).toEqual(["a run-1", "flight run-1", "hotel run-1", "car run-1", "undo hotel", "undo flight"]);
  bench.broken.clear();
  expect(await bench.retry(trip(bench))).toMatchObject({ output: "last car hotel flight a in" });
  expect(bench.called()).toEqual([`flight ${AGAIN}`, `hotel ${AGAIN}`, `car ${AGAIN}`, `last ${AGAIN}`]);
});

test("AGAIN-8: what had failed in it has a key of the retry, too, also where it is asked at once", async () => {
  const bench = new Bench();
  const book = pipeline({ name: "book" }).parallel({
    flies: pipeline().step(bench.does("flight"), { compensate: bench.undoes("flight") }),
    drives: pipeline().step(bench.does("car")),
  });
  const program = pipeline({ name: "p" }).step(saga(book));
  bench.broken.add("car");
  await bench.run(program);
  expect(bench.called()).toEqual(["flight run-1", "car run-1", "undo flight"]);
  bench.broken.clear();
  expect(await bench.retry(program)).toMatchObject({ status: "succeeded" });
  expect(bench.called()).toEqual([`flight ${AGAIN}`, `car ${AGAIN}`]);
});

test("AGAIN-8: one that had nothing to undo goes on with what failed", async () => {
  const bench = new Bench();
  const book = pipeline({ name: "book" })
    .step(bench.does("look"))
    .step(bench.does("flight"), { compensate: bench.undoes("flight") });
  const program = pipeline({ name: "p" }).step(saga(book));
  bench.broken.add("flight");
  await bench.run(program);
  bench.called();
  bench.broken.clear();
  expect(await bench.retry(program)).toMatchObject({ output: "flight look in" });
  expect(bench.called()).toEqual(["flight run-1"]);
});

test("AGAIN-8: so does a saga that was undone because something beside it failed, and the outermost where sagas lie in sagas", async () => {
  const bench = new Bench();
  const inner = saga(pipeline({ name: "inner" }).step(bench.does("seat"), { compensate: bench.undoes("seat") }));
  const slow = step("slow", (value: unknown, { signal }): Promise<string> | string => {
    if (!bench.broken.has("b")) return `slow ${String(value)}`;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
  });
  const outer = saga(
    pipeline({ name: "outer" })
      .step(bench.does("flight"), { compensate: bench.undoes("flight") })
      .step(inner)
      .step(slow),
  );
  const program = pipeline({ name: "p" }).parallel({
    books: outer,
    breaks: pipeline()
      .step(step("turns", async (value: unknown) => (await turns(10), value)))
      .step(bench.does("b")),
  });
  bench.broken.add("b");
  expect(await bench.run(program)).toMatchObject({ status: "failed", failure: { message: expect.stringContaining("b fails") } });
  expect(bench.called()).toEqual(["flight run-1", "seat run-1", "b run-1", "undo seat", "undo flight"]);
  bench.broken.clear();
  expect(await bench.retry(program)).toMatchObject({ status: "succeeded", output: { books: "slow seat flight in" } });
  expect(bench.called().toSorted()).toEqual(["b run-1", `flight ${AGAIN}`, `seat ${AGAIN}`]);
});

test("AGAIN-8: a saga that was undone, and whose failure was caught, stays as it was", async () => {
  const bench = new Bench();
  const book = pipeline({ name: "book" })
    .step(bench.does("flight"), { compensate: bench.undoes("flight") })
    .step(bench.does("car"));
  const program = pipeline({ name: "p" })
    .step(withPolicy(saga(book), { fallback: echo("by train") }))
    .step(bench.does("last"));
  bench.broken.add("car").add("last");
  await bench.run(program);
  expect(bench.called()).toEqual(["flight run-1", "car run-1", "undo flight", "last run-1"]);
  bench.broken.clear();
  expect(await bench.retry(program)).toMatchObject({ output: "last by train in" });
  expect(bench.called()).toEqual(["last run-1"]);
});

test("AGAIN-9: where a compensation failed, the retry goes on undoing, and fails as the program did; a retry of that does all again", async () => {
  const bench = new Bench();
  bench.broken.add("car").add("undo flight");
  expect(await bench.run(trip(bench))).toMatchObject({ failure: { code: "compensation_failed" } });
  expect(bench.called().slice(4)).toEqual(["undo hotel", "undo flight"]);
  bench.broken.delete("undo flight");
  expect(await bench.retry(trip(bench))).toMatchObject({
    runId: AGAIN,
    failure: { code: "step_failed", path: "p/book/run/car" },
    steps: [{}, { metadata: { compensated: expect.arrayContaining(["p/book/run/hotel", "p/book/run/flight"]) } }],
  });
  expect(bench.called()).toEqual(["undo flight"]);
  bench.broken.clear();
  expect(await bench.retry(trip(bench), AGAIN)).toMatchObject({ runId: THIRD, output: "last car hotel flight a in" });
  expect(bench.called()).toEqual([`flight ${THIRD}`, `hotel ${THIRD}`, `car ${THIRD}`, `last ${THIRD}`]);
});

test("AGAIN-9: it is refused where something was undone after that, which would be undone twice", async () => {
  const bench = new Bench();
  bench.broken.add("car").add("undo hotel");
  await bench.run(trip(bench));
  bench.broken.clear();
  bench.called();
  await expect(bench.retry(trip(bench))).rejects.toMatchObject({
    code: "usage_invalid",
    summary: "Run run-1 cannot be retried: it has undone p/book/run/flight after what could not be undone, and would undo that twice.",
  });
  expect(bench.called()).toEqual([]);
});

test("AGAIN-9: a run is not retried in which a part was undone and the rest could not be, beside what failed: that would be done twice", async () => {
  const bench = new Bench();
  const slow = step(
    "slow",
    (_: unknown, { signal }) => new Promise<string>((_done, reject) => signal.addEventListener("abort", () => reject(new Error("told")))),
  );
  const outer = saga(
    pipeline({ name: "outer" })
      .step(bench.does("flight"), { compensate: bench.undoes("flight") })
      .step(slow),
  );
  const program = pipeline({ name: "p" }).parallel({
    books: outer,
    breaks: pipeline()
      .step(step("turns", async (value: unknown) => (await turns(10), value)))
      .step(bench.does("b")),
  });
  bench.broken.add("b").add("undo flight");
  expect(await bench.run(program)).toMatchObject({ failure: { code: "step_failed" } });
  bench.called();
  await expect(bench.retry(program)).rejects.toMatchObject({ code: "usage_invalid", details: { left: ["p/parallel/books/run/flight"] } });
  expect(bench.called()).toEqual([]);
  expect(await bench.flujo().list()).toHaveLength(1);
});
