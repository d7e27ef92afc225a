import { describe as group, expect, test } from "vitest";
import type { Cause } from "../../../src/golden/drift/causes.ts";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { describe } from "../../../src/golden/drift/describe.ts";
import { headlineOf } from "../../../src/golden/drift/headline.ts";
import type { Golden, GoldenOperation } from "../../../src/golden/golden.ts";
import { agent, decision, failed, golden, nodePath, operation, step, succeeded } from "./support/build.ts";

function causesOf(
  recorded: readonly GoldenOperation[],
  now: readonly GoldenOperation[],
  parts: readonly [Partial<Golden>, Partial<Golden>] = [{}, {}],
) {
  return findCauses(compareGoldens(golden({ operations: recorded, ...parts[0] }), golden({ operations: now, ...parts[1] })));
}

function told(causes: readonly Cause[]): readonly string[] {
  return causes.map(
    ({ head, follows, places }) => `${head.class} ${head.about} at ${head.path}, ${places} places, ${follows.length} follow`,
  );
}

const set = (value: unknown) => [{ op: "set", path: ["field"], value }] as const;

group("a cause of its own", () => {
  test("a function that gives something else on the same input is one; what is given its output follows", () => {
    const recorded = [step("p/a", 1, 2), step("p/b", 2, 3), step("p/c", 3, 4)];
    expect(told(causesOf(recorded, [step("p/a", 1, 5), step("p/b", 5, 6), step("p/c", 6, 7)]))).toEqual([
      "output value at p/a, 1 places, 4 follow",
    ]);
  });

  test("a second function that changed is another one, although it is given the same", () => {
    const recorded = [step("p/a", 1, 2), step("p/b", 2, 3), step("p/c", 9, 4)];
    const causes = causesOf(recorded, [step("p/a", 1, 5), step("p/b", 5, 6), step("p/c", 9, 7)]);
    expect(told(causes)).toEqual(["output value at p/a, 1 places, 2 follow", "output value at p/c, 1 places, 0 follow"]);
  });

  test("the instructions of an agent are one even behind a change of data", () => {
    const ask = (path: string, text: string) =>
      operation("model", path, { request: { added: [{ role: "user", text }] }, response: succeeded("x") });
    const agents = (instructions: string) => ({ agents: { [nodePath("p/b")]: agent({ instructions }) } });
    const causes = causesOf(
      [step("p/a", 1, "2"), ask("p/b/turn[0]", "2")],
      [step("p/a", 1, "3"), ask("p/b/turn[0]", "3")],
      [agents("One."), agents("Two.")],
    );
    expect(told(causes)).toEqual(["output value at p/a, 1 places, 1 follow", "request instructions at p/b, 1 places, 0 follow"]);
  });

  test("two branches of a parallel that changed are two, and what joins them follows from one of them", () => {
    const run = (left: number, right: number) => [
      step("p/both/left", 1, left),
      step("p/both/right/x", 1, 1),
      step("p/both/right/y", 1, right),
      step("p/sum", { left, right }, left + right),
    ];
    expect(told(causesOf(run(1, 2), run(3, 4)))).toEqual([
      "output value at p/both/left, 1 places, 0 follow",
      "output value at p/both/right/y, 1 places, 2 follow",
    ]);
  });

  test("a lost write is not blamed for what a branch beside it does", () => {
    const run = (writes: ReturnType<typeof set> | [], right: number) => [
      step("p/both/left", 1, 1, writes),
      step("p/both/right", 1, right),
      operation("decide", "p/both/?context", { about: "context", request: { value: null } }),
    ];
    expect(told(causesOf(run(set(1), 1), run(set(2), 2)))).toEqual([
      "context writes at p/both/left, 1 places, 0 follow",
      "output value at p/both/right, 1 places, 0 follow",
    ]);
  });

  test("a removed nested pipeline is one, and so is one that is new, however much is in it", () => {
    const nested = [
      step("p/in/a", 1, 2),
      operation("human", "p/in/ask", { waitsFor: "answer", response: succeeded(2) }),
      step("p/in/b", 2, 1),
    ];
    const around = [step("p/first", 1, 1), step("p/last", 1, 1)];
    const all = [around[0], ...nested, around[1]].filter((each) => each !== undefined);
    expect(told(causesOf(all, around))).toEqual(["missing operation at p/in/ask, 1 places, 0 follow"]);
    expect(told(causesOf(around, all))).toEqual(["added operation at p/in/ask, 1 places, 0 follow"]);
  });

  test("an approval that is gone with the step that took its answer, or for a step that takes its place, is one", () => {
    const around = [step("p/first", 1, 1), step("p/last", 1, 1)] as const;
    const ask = [decision("p/ask/?show", 1, "Well?"), operation("human", "p/ask", { waitsFor: "answer", response: succeeded(true) })];
    const recorded = [around[0], ...ask, step("p/unwrap", { input: 1, answer: true }, 1), around[1]];
    expect(told(causesOf(recorded, around))).toEqual(["missing operation at p/ask, 1 places, 1 follow"]);
    const [cause, ...others] = causesOf(recorded, [around[0], step("p/nod", 1, { input: 1, answer: true }), ...recorded.slice(3)]);
    expect(others).toEqual([]);
    expect([cause?.head.path, cause?.follows.map(({ path }) => path)]).toEqual(["p/ask", ["p/nod"]]);
  });

  test("what is gone at two points is two", () => {
    const all = ["a", "b", "c", "d", "e"].map((name, index) => step(`p/${name}`, index, index));
    const causes = causesOf(
      all,
      all.filter((_, index) => index !== 1 && index !== 3),
    );
    expect(causes.map(({ head }) => head.path)).toEqual(["p/b", "p/d"]);
  });

  test("a renamed step is one of class path, and a renamed pipeline is one with all that is in it", () => {
    const run = (name: string) => [
      step("p/a", 1, 1),
      step(`p/${name}/x`, 1, 2),
      decision(`p/${name}/y/?key`, 2, "z"),
      step(`p/${name}/y/z`, 2, 3),
    ];
    const [cause, ...others] = causesOf(run("old"), run("new"));
    expect(others).toEqual([]);
    expect(told(cause === undefined ? [] : [cause])).toEqual(["path path at p/new/x, 1 places, 0 follow"]);
    expect(cause?.alike.map(({ wasAt, path }) => `${wasAt} is ${path}`)).toEqual([
      "p/old/y/?key is p/new/y/?key",
      "p/old/y/z is p/new/y/z",
    ]);
    const moved = causesOf([step("p/a", 1, 2), step("p/in/b", 7, 8)], [step("p/a", 1, 2), step("p/b", 7, 8)]);
    expect(told(moved)).toEqual(["path path at p/b, 1 places, 0 follow"]);
  });

  test("an agent that was renamed is compared with itself", () => {
    const run = (name: string, instructions: string): readonly [readonly GoldenOperation[], Partial<Golden>] => [
      [operation("model", `p/${name}/turn[0]`, { name, request: { added: [] }, response: succeeded("x") })],
      { agents: { [nodePath(`p/${name}`)]: agent({ instructions }) } },
    ];
    const [[recorded, was], [now, is]] = [run("old", "One."), run("new", "One.")];
    expect(told(causesOf(recorded, now, [was, is]))).toEqual(["path path at p/new/turn[0], 1 places, 0 follow"]);
    const [changed, other] = run("new", "Two.");
    expect(causesOf(recorded, changed, [was, other]).map(({ head }) => head.about)).toEqual(["instructions", "path"]);
  });
});

group("the same change in many places", () => {
  const items = (count: number, output: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => step(`p/each[${index}]/work`, index, output(index)));

  test("is one cause: items of a map", async () => {
    const causes = causesOf(
      items(5, (index) => index),
      items(5, (index) => index + 1),
    );
    expect(told(causes)).toEqual(["output value at p/each[0]/work, 5 places, 0 follow"]);
    const [cause] = causes;
    if (cause === undefined) throw new Error("There is no cause.");
    expect(headlineOf(cause)).toBe('The step "work" gives something else, although it is asked the same, in 5 places.');
    expect((await describe(cause)).lines[0]?.text).toBe("at p/each[0]/work, and 4 more like it");
  });

  test("is one cause: two steps swapped in every item, an approval gone from every item", () => {
    const swapped = (first: string, second: string) =>
      [0, 1, 2].flatMap((index) => [step(`p/each[${index}]/${first}`, index, index), step(`p/each[${index}]/${second}`, index, index)]);
    expect(told(causesOf(swapped("a", "b"), swapped("b", "a")))).toEqual(["order steps at p/each[0], 3 places, 0 follow"]);
    const asked = (isAsked: boolean) =>
      [0, 1, 2].flatMap((index) => [
        ...(isAsked ? [operation("human", `p/each[${index}]/ask`, { waitsFor: "answer" })] : []),
        step(`p/each[${index}]/work`, index, index),
      ]);
    expect(told(causesOf(asked(true), asked(false)))).toEqual(["missing operation at p/each[0]/ask, 3 places, 0 follow"]);
  });
});

group("what follows", () => {
  test("another branch follows from the key", () => {
    const recorded = [step("p/a", 1, "x"), decision("p/way/?key", "x", "x"), step("p/way/x/one", "x", 1), step("p/end", 1, 1)];
    const now = [step("p/a", 1, "y"), decision("p/way/?key", "y", "y"), step("p/way/y/two", "y", 2), step("p/end", 2, 2)];
    expect(causesOf(recorded, now).map(({ head }) => head.path)).toEqual(["p/a"]);
  });

  test("more items and more iterations follow from what made them", () => {
    const map = (count: number) => [
      step("p/list", 1, count),
      ...Array.from({ length: count }, (_, index) => step(`p/each[${index}]`, index, index)),
    ];
    expect(told(causesOf(map(2), map(4)))).toEqual(["output value at p/list, 1 places, 2 follow"]);
    const loop = (count: number) =>
      Array.from({ length: count }, (_, index) => [
        step(`p/again[${index}]/a`, index, index + 1),
        decision(`p/again[${index}]/?until`, index + 1, index === count - 1),
      ]).flat();
    expect(told(causesOf(loop(2), loop(3)))).toEqual(["output value at p/again[1]/?until, 1 places, 2 follow"]);
  });

  test("iterations are data for the next one, items are not", () => {
    const chained = (first: number) => [
      step("p/again[0]", 1, first),
      step("p/again[1]", first, first * 2),
      step("p/again[2]", first * 2, first * 4),
    ];
    expect(causesOf(chained(2), chained(3)).map(({ head, places }) => [head.path, places])).toEqual([["p/again[0]", 1]]);
    const items = (second: number) => [step("p/each[0]/a", 1, second), step("p/each[1]/b", 1, second)];
    expect(causesOf(items(1), items(2)).map(({ head }) => head.path)).toEqual(["p/each[0]/a", "p/each[1]/b"]);
  });

  test("what is not reached follows from what fails, also beside it", () => {
    const recorded = [step("p/each[0]/a", 1, 1), step("p/each[0]/b", 1, 1), step("p/each[1]/a", 1, 1), step("p/end", 1, 1)];
    const stopped = failed("p/each[0]/b", { code: "cancelled" });
    const now = [
      step("p/each[0]/a", 1, 1),
      operation("step", "p/each[0]/b", { request: { input: 1 }, response: stopped }),
      operation("step", "p/each[1]/a", { request: { input: 1 }, response: failed("p/each[1]/a") }),
    ];
    expect(told(causesOf(recorded, now))).toEqual(["output outcome at p/each[1]/a, 1 places, 2 follow"]);
  });

  test("a step that is gone does not follow from another value before it, but what it is given does", () => {
    const causes = causesOf([step("p/a", 1, 1), step("p/b", 1, 1), step("p/c", 1, 1)], [step("p/a", 1, 2), step("p/c", 2, 2)]);
    expect(told(causes)).toEqual(["output value at p/a, 1 places, 0 follow", "missing operation at p/b, 1 places, 2 follow"]);
  });

  test("result, context, events and usage of the run follow from what happened in it, and stand alone where nothing did", () => {
    const ends = (output: number): Partial<Golden> => ({
      result: { status: "succeeded", output, context: { output }, continued: false },
      events: [{ type: "signal-dropped", name: "s", path: step("p/s", 1, 1).path, problem: String(output) }],
      cost: { kind: "exact", nanoUsd: output },
    });
    expect(told(causesOf([step("p/a", 1, 1)], [step("p/a", 1, 2)], [ends(1), ends(2)]))).toEqual([
      "output value at p/a, 1 places, 4 follow",
    ]);
    expect(causesOf([], [], [ends(1), ends(2)]).map(({ head }) => head.class)).toEqual(["event", "context", "result", "usage"]);
  });
});

group("what is no difference", () => {
  test("name, version and plan of the pipeline, and the line something was thrown at", () => {
    const thrown = (thrownAt: string) => [operation("step", "p/a", { response: failed("p/a", { thrownAt }) })];
    expect(causesOf(thrown("a.ts:1:1"), thrown("a.ts:2:1"), [{ version: "1" }, { version: "2", plan: "plan-2", pipeline: "q" }])).toEqual(
      [],
    );
  });

  test("branches that are declared in another order", () => {
    const run = (names: readonly string[]) => [
      ...names.map((name) => step(`p/both/${name}`, 1, name)),
      step("p/end", { x: "x", y: "y", z: "z" }, 1),
    ];
    expect(causesOf(run(["x", "y", "z"]), run(["z", "x", "y"]))).toEqual([]);
    const alone = (names: readonly string[]) => names.map((name) => step(`p/${name}`, 1, name));
    expect(causesOf(alone(["x", "y", "z"]), alone(["z", "x", "y"])).map(({ head }) => head.class)).toEqual(["order"]);
  });

  test("who came first in a race counts, where that is on record", () => {
    const run = (first: number, second: number) => [
      { ...step("p/race/a", 1, 1), nth: first },
      { ...step("p/race/b", 1, 1), nth: second },
    ];
    expect(causesOf(run(1, 2), run(5, 9))).toEqual([]);
    expect(told(causesOf(run(1, 2), run(2, 1)))).toEqual(["order outcomes at p/race, 1 places, 0 follow"]);
  });
});

group("levels", () => {
  const recorded = golden({ operations: [step("p/a", 1, 1), step("p/b", 1, 1), step("p/c", 7, 7)] });
  const now = golden({ operations: [step("p/a", 1, 2), step("p/b", 2, 2), step("p/c", 7, 8)] });
  const drifts = compareGoldens(recorded, now);

  test("what is ignored is not told first: what follows from it is", () => {
    const [first, second, ...others] = findCauses(drifts, { paths: [{ path: "p/a", levels: "ignore" }] });
    expect(first).toMatchObject({ level: "fail", head: { path: "p/b", class: "request" }, ignored: [{ path: "p/a" }] });
    expect(second).toMatchObject({ level: "fail", head: { path: "p/c" } });
    expect(others).toEqual([]);
  });

  test("what fails comes before what warns, and what is ignored last", () => {
    const levels = (a: "warn" | "ignore") => ({
      paths: [
        { path: "p/a", levels: a },
        { path: "p/b", levels: a },
      ] as const,
    });
    expect(findCauses(drifts, levels("warn")).map(({ level, head }) => `${level} ${head.path}`)).toEqual(["fail p/c", "warn p/a"]);
    expect(findCauses(drifts, levels("ignore")).map(({ level, head }) => `${level} ${head.path}`)).toEqual(["fail p/c", "ignore p/a"]);
  });

  test("classes have levels, the last rule that knows one decides", () => {
    const rules = {
      levels: { output: "warn" },
      paths: [
        { path: "p/*", levels: { output: "ignore" } },
        { path: "**/c", levels: { output: "fail" } },
      ],
    } as const;
    expect(findCauses(drifts, rules).map(({ level, head }) => `${level} ${head.class} ${head.path}`)).toEqual([
      "fail request p/b",
      "fail output p/c",
    ]);
  });

  test("usage may differ by a share", () => {
    const spent = (nanoUsd: number) => golden({ cost: { kind: "exact", nanoUsd } });
    const level = (nanoUsd: number, usageTolerance: number) =>
      findCauses(compareGoldens(spent(100), spent(nanoUsd)), { usageTolerance })[0]?.level;
    expect([level(100, 0), level(101, 0), level(105, 0.05), level(106, 0.05), level(94, 0.05)]).toEqual([
      undefined,
      "fail",
      "ignore",
      "fail",
      "fail",
    ]);
  });
});
