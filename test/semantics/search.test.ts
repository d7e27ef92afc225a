import { expect, test } from "vitest";
import { z } from "zod";
import type { Proposing } from "../../src/index.ts";
import { agent, pipeline, search, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { never, promises, proposes } from "./support/search.ts";
import { Stage } from "./support/stage.ts";

test("SEARCH-1: the input is the first state; a goal ends the search with the way to it, from the first state on", async () => {
  const toGoal = search({
    name: "s",
    propose: proposes({ a: ["b", "c"], c: ["goal", "d"] }),
    isGoal: (word) => word === "goal",
    maxExpansions: 9,
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(toGoal), "a")).toMatchObject({
    status: "succeeded",
    output: { found: true, state: "goal", path: ["a", "c", "goal"], cost: 0, expanded: 3 },
  });
  const stage = new Stage();
  const atOnce = search({
    name: "s",
    propose: proposes({}, stage),
    isGoal: (word, { from, depth }) => from === null && depth === 0 && word === "a",
    maxExpansions: 9,
  });
  expect(await stage.run(atOnce, "a")).toMatchObject({ output: { found: true, state: "a", path: ["a"], cost: 0, expanded: 0 } });
  expect(stage.notes).toEqual([]);
});

test("SEARCH-2: the proposer is given the state, the way to it and what was refused, at path[n]/propose; how often is in the metadata", async () => {
  const stage = new Stage();
  const propose = step("next", (given: Proposing<string>, { path }) => {
    stage.note(`${path} ${JSON.stringify(given)}`);
    return given.state.length < 3 ? [`${given.state}a`] : [];
  });
  expect(await stage.run(pipeline({ name: "p" }).step(search({ name: "s", propose, ...never })), "a")).toMatchObject({
    output: { found: false, because: "exhausted", expanded: 3 },
    steps: [{ path: "p/s", metadata: { expanded: 3, found: false } }],
  });
  expect(stage.notes).toEqual([
    'p/s[0]/propose {"state":"a","path":["a"],"rejected":[]}',
    'p/s[1]/propose {"state":"aa","path":["a","aa"],"rejected":[]}',
    'p/s[2]/propose {"state":"aaa","path":["a","aa","aaa"],"rejected":[]}',
  ]);
});

test("SEARCH-3: it goes on from the state whose cost so far and estimate are lowest together; of equals, from the one that came first", async () => {
  const tree = { a: ["b", "c", "d"], b: ["e", "f"], c: ["g"] };
  const order = async (options: object): Promise<readonly string[]> => {
    const stage = new Stage();
    await stage.run(search({ name: "s", propose: proposes(tree, stage), ...never, ...options }), "a");
    return stage.notes;
  };
  expect(await order({})).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  expect(await order({ heuristic: promises("g", "c", "b", "f", "d", "e") })).toEqual(["a", "c", "g", "b", "f", "d", "e"]);
  expect(await order({ cost: (word: string, { from }: { from: string }) => (from === "b" ? 5 : word === "b" ? 1 : 2) })).toEqual([
    "a",
    "b",
    "c",
    "d",
    "g",
    "e",
    "f",
  ]);
  const both = { heuristic: promises("a", "d", "c", "b", "e", "f", "g"), cost: (word: string) => (word === "d" ? 3 : 0) };
  expect(await order(both)).toEqual(["a", "c", "b", "d", "e", "f", "g"]);
});

test("SEARCH-4: an evaluator is asked of all states that were proposed together at once, at path[n]/evaluate[i]; not of goals, nor of those that were refused or were there before", async () => {
  const stage = new Stage();
  const evaluate = step("rate", (word: string, { path }) => {
    stage.note(`${path} ${word}`);
    return word.length;
  });
  const program = search({
    name: "s",
    propose: proposes({ a: ["bad", "bbb", "a", "cc"], cc: ["goal", "d"] }),
    evaluate,
    invariants: { good: (word) => word !== "bad" },
    isGoal: (word) => word === "goal",
    maxExpansions: 9,
  });
  expect(await stage.run(pipeline({ name: "p" }).step(program), "a")).toMatchObject({
    output: { found: true, path: ["a", "cc", "goal"], expanded: 2 },
  });
  expect(stage.notes).toEqual(["p/s[0]/evaluate[1] bbb", "p/s[0]/evaluate[3] cc"]);
  const slow = new Stage();
  const many = search({
    name: "s",
    propose: proposes({ a: ["b", "c", "d", "e"] }),
    evaluate: step("slow", async () => (await slow.clock.sleep(10), 1)),
    concurrency: 2,
    ...never,
  });
  expect(await slow.run(many, "a", {})).toMatchObject({ output: { found: false } });
  expect((await slow.run(pipeline({ name: "p" }).step(many), "a", { runId: "run-2" })).steps).toMatchObject([{ latencyMs: 20 }]);
});

test("SEARCH-5: invariants are asked in their order until one refuses; the state is dropped, and the proposals after it are told the last 20, with the reason", async () => {
  const stage = new Stage();
  const propose = step("propose", ({ state, rejected }: Proposing<number>) => {
    stage.note(`${state}: ${rejected.map(({ state: refused, invariant, reason }) => `${refused} ${invariant} ${reason}`).join(", ")}`);
    return state === 0 ? [1, 2, 3, 4] : [];
  });
  const program = search({
    name: "s",
    propose,
    invariants: {
      even: (n, { from, depth }) => n % 2 === 0 || `${n} after ${from} at ${depth} is odd`,
      small: async (n) => {
        stage.note(`small ${n}`);
        return n < 4;
      },
    },
    ...never,
  });
  expect(await stage.run(program, 0)).toMatchObject({ output: { found: false, state: 2, expanded: 2 } });
  expect(stage.notes).toEqual([
    "0: ",
    "small 2",
    "small 4",
    "2: 1 even 1 after 0 at 1 is odd, 3 even 3 after 0 at 1 is odd, 4 small small",
  ]);
  const many = new Stage();
  const floods = step("floods", ({ state, rejected }: Proposing<number>) => {
    many.note(`${rejected.length} from ${rejected[0]?.state}`);
    return state === 0 ? Array.from({ length: 31 }, (_, index) => index + 1) : [];
  });
  await many.run(search({ name: "s", propose: floods, invariants: { first: (n) => n === 1 }, ...never }), 0);
  expect(many.notes).toEqual(["0 from undefined", "20 from 12"]);
});

test("SEARCH-6: a state that says the same as one before is passed over, unless it was come to at a lower cost", async () => {
  const stage = new Stage();
  const propose = step("propose", ({ state: { at } }: Proposing<{ at: string }>) => {
    stage.note(at);
    return { a: [{ at: "far" }, { at: "near" }], near: [{ at: "far" }, { at: "a" }] }[at] ?? [];
  });
  await stage.run(search({ name: "s", propose, ...never }), { at: "a" });
  expect(stage.notes).toEqual(["a", "far", "near"]);
  stage.notes.length = 0;
  const cost = ({ at }: { at: string }, { from }: { from: { at: string } }) => (at === "far" && from.at === "a" ? 10 : 1);
  const cheaper = search({ name: "s", propose, isGoal: ({ at }) => at === "far", cost, maxExpansions: 9 });
  expect(await stage.run(cheaper, { at: "a" }, { runId: "run-2" })).toMatchObject({
    output: { path: [{ at: "a" }, { at: "near" }, { at: "far" }], cost: 2 },
  });
});

test("SEARCH-7: with `cost` a goal ends the search once nothing that is left can be cheaper; without it, the first goal does", async () => {
  const tree = { a: ["goal-9", "b"], b: ["goal-2", "c"] };
  const costs: Readonly<Record<string, number>> = { "goal-9": 9, b: 1, "goal-2": 1, c: 7 };
  const finds = { name: "s", isGoal: (word: string) => word.startsWith("goal"), maxExpansions: 9 };
  const stage = new Stage();
  const cheapest = search({ ...finds, propose: proposes(tree, stage), cost: (word: string) => costs[word] ?? 0 });
  expect(await stage.run(cheapest, "a")).toMatchObject({ output: { found: true, path: ["a", "b", "goal-2"], cost: 2, expanded: 2 } });
  expect(stage.notes).toEqual(["a", "b"]);
  expect(await new Stage().run(search({ ...finds, propose: proposes(tree) }), "a")).toMatchObject({
    output: { path: ["a", "goal-9"], expanded: 1 },
  });
  const bounded = search({ ...finds, propose: proposes(tree), cost: (word: string) => costs[word] ?? 0, maxExpansions: 1 });
  expect(await new Stage().run(bounded, "a")).toMatchObject({ output: { found: true, path: ["a", "goal-9"], cost: 9 } });
});

test("SEARCH-8: of one proposal the first `branching` states count, the best `beam` states are kept, and no path has more than `maxDepth` steps", async () => {
  const tree = { a: ["b", "c", "d", "e"], b: ["f"], c: ["g"], d: ["h"], h: ["i"] };
  const order = async (options: object): Promise<readonly string[]> => {
    const stage = new Stage();
    await stage.run(search({ name: "s", propose: proposes(tree, stage), ...never, ...options }), "a");
    return stage.notes;
  };
  expect(await order({ branching: 2 })).toEqual(["a", "b", "c", "f", "g"]);
  expect(await order({ beam: 1 })).toEqual(["a", "b", "f"]);
  expect(await order({ beam: 2, heuristic: promises("d", "h", "c", "b", "g", "i", "e") })).toEqual(["a", "d", "h", "c", "g", "i"]);
  expect(await order({ maxDepth: 2 })).toEqual(["a", "b", "c", "d", "e"]);
  const stage = new Stage();
  const dropping = search({ name: "s", propose: proposes(tree), beam: 1, ...never });
  expect((await stage.run(pipeline({ name: "p" }).step(dropping), "a")).steps).toMatchObject([{ metadata: { dropped: 3 } }]);
});

test("SEARCH-9: with nothing left, or at maxExpansions or maxTokens, it gives the state that promises most by its estimate alone, as found: false", async () => {
  const tree = { a: ["b", "c"], b: ["d", "e"] };
  const program = (options: object) =>
    search({ name: "s", propose: proposes(tree), heuristic: promises("e", "b", "d", "c"), ...never, ...options });
  expect(await new Stage().run(program({}), "a")).toMatchObject({
    status: "succeeded",
    output: { found: false, because: "exhausted", state: "e", path: ["a", "b", "e"], expanded: 5 },
  });
  expect(await new Stage().run(program({ maxExpansions: 1 }), "a")).toMatchObject({
    output: { found: false, because: "maxExpansions", state: "b", path: ["a", "b"], expanded: 1 },
  });
  expect(await new Stage().run(program({ cost: (word: string) => (word === "b" ? 100 : 0), maxExpansions: 2 }), "a")).toMatchObject({
    output: { because: "maxExpansions", state: "b", cost: 100 },
  });
  const model = scriptedModel(() => ({
    json: ["x", "y"].map((letter) => letter.repeat(++letters)),
    usage: { inputTokens: 40, outputTokens: 10 },
  }));
  let letters = 0;
  const asks = agent({ name: "asks", instructions: "", model, output: z.array(z.string()) });
  expect(await new Stage().run(search({ name: "s", propose: asks, ...never, maxTokens: 100 }), "a")).toMatchObject({
    output: { found: false, because: "maxTokens", expanded: 2 },
    usage: { modelCalls: 2 },
  });
});
