import { expect, test } from "vitest";
import { z } from "zod";
import type { Proposing } from "../../src/index.ts";
import { agent, pipeline, search, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Shared, shared } from "./support/context.ts";
import { never, proposes } from "./support/search.ts";
import { patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("SEARCH-10: where nothing can be gone on to from the first state, the search fails as search_without_proposal, which may be retried, and says what was refused and why", async () => {
  const failure = async (proposed: readonly string[]) => {
    const program = search({
      name: "s",
      propose: proposes({ a: proposed }),
      invariants: { short: (word) => word.length === 1 || `${word} is long` },
      ...never,
    });
    const result = await new Stage().run(pipeline({ name: "p" }).step(program), "a");
    return result.status === "failed" ? result.failure : result.status;
  };
  expect(await failure([])).toMatchObject({
    code: "search_without_proposal",
    path: "p/s",
    retryable: true,
    message: 'p/s: "propose" proposed no state to go on to from the first: its list is empty.',
    details: { proposed: 0, rejected: [] },
  });
  expect(await failure(["bb", "ccc"])).toMatchObject({
    message: expect.stringContaining('of 2 states its invariants refused what it gave: "short" (bb is long), "short" (ccc is long)'),
    details: { proposed: 2, rejected: [{ invariant: "short", reason: "bb is long" }, { invariant: "short" }] },
  });
  expect(await failure(["a"])).toMatchObject({ message: expect.stringContaining("it gave only the first state itself") });
  expect(await failure(["b"])).toBe("succeeded");
});

test("SEARCH-11: the failure of a proposal or an evaluation is the search's; so is what is no list, what is no number, and what a function throws, which is named", async () => {
  const failure = async (options: object) => {
    const program = search({ name: "s", propose: proposes({ a: ["b"] }), ...never, ...options });
    const result = await new Stage().run(pipeline({ name: "p" }).step(program), "a");
    return result.status === "failed" ? result.failure : result.status;
  };
  const breaks = step("breaks", (): never => {
    throw new Error("broken");
  });
  expect(await failure({ propose: breaks })).toMatchObject({ code: "step_failed", path: "p/s[0]/propose" });
  expect(await failure({ evaluate: breaks })).toMatchObject({ code: "step_failed", path: "p/s[0]/evaluate[0]" });
  expect(await failure({ propose: step("text", () => "b") })).toMatchObject({
    code: "output_invalid",
    path: "p/s[0]/propose",
    message: expect.stringContaining("a list of states"),
  });
  expect(await failure({ evaluate: step("nan", () => Number.NaN) })).toMatchObject({
    code: "output_invalid",
    path: "p/s[0]/evaluate[0]",
    message: expect.stringContaining("gave NaN"),
  });
  const throws = () => {
    throw new RangeError("oh");
  };
  for (const [options, what] of [
    [{ isGoal: (word: string) => (word === "a" ? false : throws()) }, "its isGoal: oh"],
    [{ invariants: { "sums up": throws } }, 'its invariant "sums up": oh'],
    [{ invariants: { "sums up": () => 1 } }, 'its invariant "sums up": it returned a number'],
    [{ cost: () => -1 }, "its cost: it returned -1, and has to return a number of at least 0"],
    [{ heuristic: () => "low" }, "its heuristic: it returned a string, and has to return a number"],
    [{ isGoal: () => "yes" }, "its isGoal: it returned a string, and has to return true or false"],
  ] as const)
    expect(await failure(options), what).toMatchObject({ code: "decision_failed", message: expect.stringContaining(what) });
});

test("SEARCH-12: each proposal sees the context as all before it have left it, evaluations that run at once as the proposal has; a conflict between them fails the search, which then has written nothing", async () => {
  const stage = new Stage();
  const propose = step({
    name: "propose",
    context: Shared,
    run: ({ state }: Proposing<string>, { context, contribute, update }) => {
      stage.note(`${state} sees ${context.log.join()} by ${context.who}`);
      contribute("log", state);
      if (state === "a") update((draft) => void (draft.who = "proposer"));
      return state === "a" ? ["b", "c"] : [];
    },
  });
  const evaluate = step({
    name: "rate",
    context: Shared,
    run: (state: string, { context, contribute }) => {
      stage.note(`rating ${state} sees ${context.log.join()} by ${context.who}`);
      contribute("log", `rated ${state}`);
      return 0;
    },
  });
  const isGoal = (word: string, { context }: { readonly context: { readonly log: readonly string[] } }) => {
    if (word === "b") stage.note(`isGoal sees ${context.log.join()}`);
    return false;
  };
  expect(await stage.run(shared().step(search({ name: "s", propose, evaluate, isGoal, maxExpansions: 5 })), "a")).toMatchObject({
    context: { log: ["a", "rated b", "rated c", "b", "c"], who: "proposer" },
  });
  expect(stage.notes).toEqual([
    "a sees  by nobody",
    "isGoal sees a",
    "rating b sees a by proposer",
    "rating c sees a by proposer",
    "b sees a,rated b,rated c by proposer",
    "c sees a,rated b,rated c,b by proposer",
  ]);
  const quarrels = step({
    name: "rate",
    context: Shared,
    run: (state: string, { update }) => (update((draft) => void (draft.who = state)), 0),
  });
  const failed = search({ name: "s", propose, evaluate: quarrels, ...never });
  expect(await new Stage().run(shared().step(failed), "a")).toMatchObject({
    status: "failed",
    failure: { code: "context_conflict", path: expect.stringMatching(/\/s\[0\]$/), details: { field: "who" } },
    context: { log: [], who: "nobody" },
  });
});

test("SEARCH-13: what all proposals and evaluations used counts, whether they led anywhere or not", async () => {
  const propose = agent({
    name: "propose",
    instructions: "",
    model: scriptedModel([{ json: ["b", "c"] }, { json: [] }, { json: [] }]),
    output: z.array(z.string()),
  });
  const evaluate = agent({ name: "rate", instructions: "", model: scriptedModel([{ json: 1 }, { json: 2 }]), output: z.number() });
  expect(await new Stage().run(pipeline({ name: "p" }).step(search({ name: "s", propose, evaluate, ...never })), "a")).toMatchObject({
    status: "succeeded",
    usage: { modelCalls: 5 },
    steps: [{ usage: { modelCalls: 5 } }],
  });
});

test("SEARCH-14: a cancellation ends it: who is proposing or evaluating is told, and nothing else begins", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const evaluate = pipeline()
    .step(patient(stage, "rate"))
    .step("number", () => 1);
  const going = flujo.run(search({ name: "s", propose: proposes({ a: ["b"], b: ["c"] }, stage), evaluate, ...never }), "a", {
    runId: RUN_ID,
  });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["a", "rate begins", "rate is told: cancelled"]);
});

test("SEARCH-15: a resume proposes, evaluates and asks nothing twice, and goes the way it would have gone", async () => {
  const stage = new Stage();
  const door = pipeline()
    .step(stage.door<Proposing<string>>("door"))
    .step(proposes({ a: ["b", "c"], c: ["goal"] }, stage));
  const opens = pipeline().branch(
    ({ state }: Proposing<string>) => state,
    { c: door },
    { default: proposes({ a: ["b", "c"], c: ["goal"] }, stage) },
  );
  const evaluate = step("rate", (word: string) => {
    stage.note(`rate ${word}`);
    return word === "c" ? 0 : 1;
  });
  const isGoal = (word: string) => {
    stage.note(`goal ${word}`);
    return word === "goal";
  };
  const program = pipeline({ name: "p" }).step(search({ name: "s", propose: opens, evaluate, isGoal, maxExpansions: 9 }));
  await stage.park(program, "a");
  expect(await stage.resume(program)).toMatchObject({
    status: "succeeded",
    output: { found: true, path: ["a", "c", "goal"], expanded: 2 },
  });
  expect(stage.notes).toEqual(["goal a", "a", "goal b", "goal c", "rate b", "rate c", "door", "door", "c", "goal goal"]);
});

test("SEARCH-16: a search without a bound, with bounds that are none, or with both an evaluator and a heuristic, is refused before there is a run", async () => {
  const good = { name: "s", propose: proposes({ a: ["b"] }), ...never };
  for (const wrong of [
    { maxExpansions: Number.POSITIVE_INFINITY },
    { maxExpansions: 0 },
    { beam: 0 },
    { branching: 1.5 },
    { maxDepth: -1 },
    { maxTokens: "many" },
    { concurrency: 0 },
    { isGoal: true },
    { invariants: [] },
    { invariants: { "a/b": () => true } },
    { invariants: { odd: 3 } },
    { heuristic: () => 1, evaluate: step("one", () => 1) },
    { beams: 3 },
  ]) {
    const stage = new Stage();
    const build = () => search({ ...good, ...(wrong as object) });
    await expect((async () => stage.run(build(), "a"))(), JSON.stringify(wrong)).rejects.toMatchObject({ code: "pipeline_invalid" });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
  expect(await new Stage().run(search(good), "a")).toMatchObject({ status: "succeeded" });
});

test("SEARCH-17: a question in a proposal or an evaluation pauses the run; evaluations at the same time wait side by side, and the search goes on when all are answered", async () => {
  const stage = new Stage();
  const evaluate = pipeline()
    .human("points", { answer: z.number() })
    .step("number", ({ answer }) => answer);
  const propose = proposes({ a: ["b", "c"], b: ["d"], c: ["e"] }, stage);
  const program = pipeline({ name: "p" }).step(search({ name: "s", propose, evaluate, isGoal: (word) => word === "e", maxExpansions: 9 }));
  const [first, second] = ["p/s[0]/evaluate[0]/points", "p/s[0]/evaluate[1]/points"];
  expect(await stage.run(program, "a")).toMatchObject({ status: "paused", pauses: [{ id: first }, { id: second }] });
  expect(await stage.answer(program, 1, second)).toMatchObject({ status: "paused", pauses: [{ id: first }] });
  expect(await stage.answer(program, 2, first)).toMatchObject({ status: "succeeded", output: { found: true, path: ["a", "c", "e"] } });
  expect(stage.notes).toEqual(["a", "c"]);
});
