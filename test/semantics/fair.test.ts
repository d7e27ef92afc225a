import { expect, test } from "vitest";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { logs, shared } from "./support/context.ts";
import { echo, Stage, turns } from "./support/stage.ts";

/** A program that notes when it begins, and stands still until it is let go. */
function held(stage: Stage) {
  const gates = new Map<string, () => void>();
  const program = pipeline({ name: "p" }).step("hold", (name: string) => {
    stage.note(name);
    return new Promise<string>((resolve) => gates.set(name, () => resolve(name)));
  });
  return { program, release: (name: string) => gates.get(name)?.() };
}

test("FAIR-1: at most maxLiveRuns runs are live, and those beyond wait their turn, first come first served", async () => {
  const stage = new Stage();
  const { program, release } = held(stage);
  const flujo = new Flujo({ state: stage.store, clock: stage.clock, maxLiveRuns: 2 });
  const going = ["a", "b", "c", "d"].map((name) => flujo.run(program, name, { runId: name }));
  await turns();
  expect(stage.notes).toEqual(["a", "b"]);
  release("b");
  await turns();
  expect(stage.notes).toEqual(["a", "b", "c"]);
  release("a");
  await turns();
  expect(stage.notes).toEqual(["a", "b", "c", "d"]);
  release("c");
  release("d");
  expect((await Promise.all(going)).map((result) => result.unwrap())).toEqual(["a", "b", "c", "d"]);
});

test("FAIR-2: a run that waits its turn is not on record, and can be called off", async () => {
  const stage = new Stage();
  const { program, release } = held(stage);
  const flujo = new Flujo({ state: stage.store, clock: stage.clock, maxLiveRuns: 1 });
  const first = flujo.run(program, "a", { runId: "a" });
  const second = flujo.run(program, "b", { runId: "b" });
  await turns();
  expect(await flujo.find("b")).toBeNull();
  await flujo.cancel("b", "too late");
  release("a");
  expect(await first).toMatchObject({ status: "succeeded" });
  expect(await second).toMatchObject({ status: "cancelled", reason: "too late" });
  expect(stage.notes).toEqual(["a"]);
});

test("FAIR-3: a run with much to do at once does not hold up another", async () => {
  const items = Array.from({ length: 50_000 }, (_, index) => index);
  const much = pipeline({ name: "much" }).map(
    step("next", (n: number) => n + 1),
    { concurrency: Number.POSITIVE_INFINITY },
  );
  const little = pipeline({ name: "little" }).step(echo("a")).step(echo("b"));
  const ended: string[] = [];
  await using flujo = new Flujo();
  const long = flujo.run(much, items).then(() => ended.push("much"));
  const short = flujo.run(little, "in").then(() => ended.push("little"));
  await Promise.all([long, short]);
  expect(ended).toEqual(["little", "much"]);
});

test("FAIR-4: nothing of one run is seen in another, although they run at the same time", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = shared()
    .step("wait", (value: unknown) => stage.clock.sleep(5).then(() => value))
    .step(logs("seen"))
    .step("say", (value, { context, initialPrompt, runId }) => [value, context.who, context.log, initialPrompt, runId]);
  const names = ["a", "b", "c"];
  const going = Promise.all(names.map((name) => flujo.run(program, name, { runId: name, context: { who: name } })));
  const results = await stage.clock.until(going);
  expect(results.map((result) => result.unwrap())).toEqual(names.map((name) => [name, name, ["seen"], name, name]));
});
