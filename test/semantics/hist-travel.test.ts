import { expect, test } from "vitest";
import { z } from "zod";
import type { HistoryPolicy } from "../../src/index.ts";
import { background, cached, pipeline, plugin, saga, step, withPolicy } from "../../src/index.ts";
import { before, exchanges, speaker } from "./support/speaker.ts";
import { fails, Stage } from "./support/stage.ts";

const WHOLE = { keep: "whole" } as const;

const next = (_said: unknown, { iteration }: { readonly iteration: number }) => `question ${iteration + 2}`;

test("HIST-5: what was said in an attempt that failed is given to nobody, what was said in the one that counts is", async () => {
  const a = speaker("a", { script: ({ index }) => `answer ${index}` });
  const half = pipeline({ name: "half" })
    .step(a.program)
    .step("flaky", (said: string) => {
      if (said === "answer 0") throw new Error("too short");
      return said;
    });
  const body = pipeline().step(half, { retry: { retries: 1, firstDelayMs: 1 } });
  await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, history: WHOLE, next }), "question 1");
  expect(a.prompts()[1]).toEqual(["user: question 1", expect.stringContaining("too short")]);
  expect(a.prompts()[2]).toEqual(["user: question 1", expect.stringContaining("too short"), "assistant: answer 1", "user: question 2"]);
});

test("HIST-5: nor is what a validator or a plugin refused, or a value took the place of; what ran in its place is given its own", async () => {
  const refused = speaker("refused");
  const spare = speaker("spare");
  const defaulted = speaker("defaulted");
  const judged = speaker("judged");
  const other = speaker("other");
  const body = pipeline()
    .step(refused.program, { validate: () => false, fallback: spare.program })
    .step("back", () => "asked")
    .step(defaulted.program, { validate: () => false, onError: { default: "nothing" } })
    .step("back-2", () => "asked")
    .step(judged.program, {
      plugins: [plugin("taste", (said) => (String(said).startsWith("judged") ? { redirect: "other" } : { solution: "solved" }))],
      redirects: { other: other.program },
    });
  await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, history: WHOLE, next }), "question 1");
  expect(before(refused.prompts())).toEqual([]);
  expect(before(spare.prompts()).slice(0, 1)).toEqual(["user: question 1"]);
  expect(before(defaulted.prompts())).toEqual([]);
  expect(before(judged.prompts())).toEqual([]);
  expect(before(other.prompts())).toEqual(exchanges("other", "asked"));
});

test("HIST-5: nor is what was said in a branch that failed or lost, by a judge whose vote came too late, or in what was undone", async () => {
  const stage = new Stage();
  const quick = speaker("quick");
  const slow = speaker("slow");
  const half = speaker("half");
  const yes = speaker("yes", { script: () => "true" });
  const late = pipeline()
    .step(slow.program)
    .step("late", async (said: string) => {
      await stage.clock.sleep(5);
      return said;
    });
  const body = pipeline()
    .parallel({ quick: quick.program, late }, { join: "any" })
    .step("name", ({ output }) => output)
    .parallel({ kept: yes.program, half: pipeline().step(half.program).step(fails("no")) }, { onFailure: "ignore" })
    .step("back", () => "question 2");
  await stage.run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, history: WHOLE }), "question 1");
  expect(before(quick.prompts())).toEqual(exchanges("quick", "question 1"));
  expect(before(slow.prompts())).toEqual([]);
  expect(before(half.prompts())).toEqual([]);
  expect(before(yes.prompts())).toHaveLength(2);
});

test("HIST-5: nor is what was said in a branch that had ended, but not among those that were waited for", async () => {
  const one = speaker("one");
  const two = speaker("two");
  const then = step("then", (said: string) => said);
  const body = pipeline()
    .parallel({ one: pipeline().step(one.program).step(then), two: pipeline().step(two.program).step(then) }, { join: "any" })
    .step("name", ({ output }) => output);
  const result = await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, next, history: WHOLE }), "question 1");
  expect(result.status).toBe("succeeded");
  expect(before(one.prompts())).toEqual(exchanges("one", "question 1"));
  expect(before(two.prompts())).toEqual([]);
});

test("HIST-6: of nested loops the innermost that has a history holds, and begins anew each time it is entered", async () => {
  const inner = speaker("inner");
  const outer = speaker("outer");
  const body = pipeline()
    .loop(inner.program, { maxIterations: 2, next: (said) => `${said.length}`, history: { keep: "exchanges", exchanges: 1 } })
    .step(outer.program);
  await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, next: () => "two", history: WHOLE }), "one");
  expect(inner.prompts()).toEqual([
    ["user: one"],
    [...exchanges("inner", "one"), "user: 10"],
    ["user: two"],
    [...exchanges("inner", "two"), "user: 10"],
  ]);
  expect(before(outer.prompts())).toEqual(exchanges("outer", "inner: 10"));
});

test("HIST-6: a loop without one passes on what was said in the iterations before of the loop around it, all of it", async () => {
  const a = speaker("a");
  const body = pipeline().loop(a.program, { maxIterations: 2, next: (said) => `${said}!` });
  await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, next: () => "two", history: WHOLE }), "one");
  expect(a.prompts()).toEqual([
    ["user: one"],
    ["user: a: one!"],
    [...exchanges("a", "one", "a: one!"), "user: two"],
    [...exchanges("a", "one", "a: one!"), "user: a: two!"],
  ]);
});

test("HIST-7: pipelines with a context of their own, sagas and agents that are tools are in the loop; what is cached or in the background is not", async () => {
  const stage = new Stage();
  let rounds = 0;
  const nested = speaker("nested");
  const kept = speaker("kept");
  const apart = speaker("apart");
  const own = pipeline({ name: "own", context: z.object({ n: z.number().default(1) }) }).step(nested.program);
  const body = pipeline()
    .step(saga(pipeline({ name: "trip" }).step(own, { context: {} })))
    .step("back", () => `again ${++rounds}`)
    .step(cached(kept.program))
    .step(background(apart.program))
    .step("on", () => "two");
  await stage.run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, history: WHOLE }), "one");
  expect(before(nested.prompts())).toEqual(exchanges("nested", "one"));
  expect(kept.prompts()).toEqual([["user: again 1"], ["user: again 2"]]);
  expect(apart.prompts().every((prompt) => prompt.length === 1)).toBe(true);
});

test("HIST-7: an agent with a history of its own is given the run's thread, and nothing of the loop", async () => {
  const stage = new Stage();
  const own = speaker("own", { history: { keep: "exchanges", exchanges: 1 } });
  const other = speaker("other");
  const body = pipeline().step(own.program).step(other.program);
  const program = pipeline({ name: "p" }).loop(body, { maxIterations: 3, next, history: WHOLE });
  await stage.run(program, "question 1");
  expect(before(own.prompts())).toEqual([]);
  await stage.run(program, "question 1", { runId: "run-2", thread: "t" });
  expect(before(own.prompts())).toEqual(exchanges("own", "question 2"));
  expect(before(other.prompts())).toHaveLength(4);
});

test("HIST-8: a retry of the loop begins without anything said", async () => {
  const a = speaker("a");
  let rounds = 0;
  const body = pipeline()
    .step(a.program)
    .step("flaky", (said: string) => {
      if (++rounds === 2) throw new Error("again");
      return said;
    });
  const looped = pipeline({ name: "looped" }).loop(body, { maxIterations: 2, next: () => "two", history: WHOLE });
  await new Stage().run(withPolicy(looped, { retry: { retries: 1, firstDelayMs: 1 } }), "one");
  expect(a.prompts().map(({ length }) => length)).toEqual([1, 3, 2, 5]); // an attempt is told why the one before failed; it has no exchange of it
  expect(a.prompts()[2]?.[0]).toBe("user: one");
});

test("HIST-9: after a crash or a pause its model is given what it would have been, and nothing that was said is asked again", async () => {
  const stage = new Stage();
  const a = speaker("a");
  const body = pipeline()
    .step(a.program)
    .human("ok", { answer: z.string() })
    .step("on", ({ answer }) => answer);
  const program = pipeline({ name: "p" }).loop(body, { maxIterations: 3, history: WHOLE });
  await stage.run(program, "one");
  await stage.answer(program, "two");
  await stage.answer(program, "three");
  expect(await stage.answer(program, "end")).toMatchObject({ status: "succeeded", output: "end" });
  expect(a.prompts()).toEqual([["user: one"], [...exchanges("a", "one"), "user: two"], [...exchanges("a", "one", "two"), "user: three"]]);
});

test("HIST-10: what was said lies in the `frame-done` entries between the agent and the loop, and in no other; without a history in none", async () => {
  const said = async (history: { readonly history?: HistoryPolicy }): Promise<readonly string[]> => {
    const stage = new Stage();
    const body = pipeline()
      .step(pipeline({ name: "inner" }).step(speaker("a").program))
      .step("on", (text: string) => text);
    await stage.run(pipeline({ name: "p" }).step(pipeline({ name: "q" }).loop(body, { maxIterations: 1, ...history })));
    return (await stage.entries()).flatMap((entry) => (entry.type === "frame-done" && "said" in entry.result ? [entry.key] : []));
  };
  expect(await said({ history: WHOLE })).toEqual(["p/q/loop[0]/inner/a", "p/q/loop[0]/inner", "p/q/loop[0]"]);
  expect(await said({})).toEqual([]);
});

const anyone = speaker("a").program;
const mute = step("mute", (text: string) => text);
const with_ = (history: unknown) => ({ maxIterations: 1, history: history as HistoryPolicy });

test.each([
  ["no policy", anyone, with_("whole"), 'p/loop: history is "whole". Give { keep: "whole" }, { keep: "exchanges", exchanges },'],
  ["no exchanges", anyone, with_({ keep: "exchanges", exchanges: 0 }), 'history is {"keep":"exchanges","exchanges":0}'],
  ["a summary of nothing", anyone, with_({ keep: "summary", over: 10, newest: 10 }), "history is"],
  ["no agent", mute, with_(WHOLE), "p/loop: it has a `history`, and no agent that is given it."],
  ["an agent with its own", speaker("a", { history: WHOLE }).program, with_(WHOLE), "no agent that is given it"],
  ["an agent in a cache", pipeline().step(cached(anyone)), with_(WHOLE), "no agent that is given it"],
  [
    "an agent in a loop that has its own",
    pipeline().loop(anyone, { maxIterations: 1, history: WHOLE }),
    with_(WHOLE),
    "no agent that is given it",
  ],
])("HIST-11: a history is refused before it runs: %s", async (_what, body, options, says) => {
  const program = pipeline({ name: "p", input: z.string() }).loop(body as typeof mute, options);
  await expect(new Stage().run(program)).rejects.toThrow(says);
});
