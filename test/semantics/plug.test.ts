import { expect, test } from "vitest";
import { z } from "zod";
import type { ToUndo } from "../../src/index.ts";
import { agent, ERRORS, pipeline, plugin, saga, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const again = { retries: 3, firstDelayMs: 0 };

/** Gives 1, then 2, then 3 …, and notes why the time before was not good enough. */
function counts(stage: Stage) {
  let calls = 0;
  return step("counts", (_: unknown, { feedback }): number => {
    stage.note(feedback?.message ?? "-");
    return ++calls;
  });
}

test("PLUG-1: plugins are asked about each output in their order, before the validators; nothing and true let it pass", async () => {
  const stage = new Stage();
  const says = (name: string, answer: true | null | undefined) =>
    plugin(name, (output: string) => {
      stage.note(`${name} of ${output}`);
      return answer;
    });
  const validate = (output: string): boolean => {
    stage.note(`validate of ${output}`);
    return true;
  };
  const program = pipeline({ name: "p" }).step(echo("a"), { plugins: [says("b", undefined), says("a", null), says("c", true)], validate });
  expect(await stage.run(program)).toMatchObject({ status: "succeeded", output: "a in" });
  expect(stage.notes).toEqual(["b of a in", "a of a in", "c of a in", "validate of a in"]);
});

test("PLUG-2: one that refuses ends the attempt as validation_failed, and nobody after it is asked; the next attempt is told why", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(counts(stage), {
    plugins: [
      { name: "big", run: (n) => (n > 1 ? true : { ok: false, feedback: "too small" }) },
      { name: "even", run: (n) => n % 2 === 0 },
    ],
    validate: (n) => {
      stage.note(`validate ${n}`);
      return true;
    },
    retry: again,
  });
  expect(await stage.run(program)).toMatchObject({ status: "succeeded", output: 2, steps: [{ attempts: 2 }] });
  expect(stage.notes).toEqual(["-", "p/counts: what it gave is not good enough. big: too small", "validate 2"]);
  const once = pipeline({ name: "p" }).step(echo("a"), { plugins: [() => false] });
  expect(await new Stage().run(once)).toMatchObject({
    status: "failed",
    failure: { code: "validation_failed", path: "p/a", retryable: true, details: { feedback: ["plugin: it says no."] } },
  });
});

test("PLUG-3: a solution takes the output's place: the plugins after it and the validators see it, and what the node wrote stays", async () => {
  const stage = new Stage();
  const body = pipeline({ name: "body", context: Shared }).step(logs("made")).step(echo("a"));
  const program = shared().step(body, {
    plugins: [
      { name: "trim", run: (text) => ({ solution: text.trim() }) },
      { name: "loud", run: (text) => ({ solution: text.toUpperCase() }) },
    ],
    validate: (text) => {
      stage.note(text);
      return true;
    },
  });
  expect(await stage.run(program, "  in ")).toMatchObject({ status: "succeeded", output: "A   IN", context: { log: ["made"] } });
  expect(stage.notes).toEqual(["A   IN"]);
});

test("PLUG-4: a redirect runs a program on the same input in the node's place; its output goes before all plugins again", async () => {
  const stage = new Stage();
  const tone = plugin("tone", (text: string, { redirected }) => {
    stage.note(`${text} (${redirected.join(" → ")})`);
    return text.startsWith("b") ? { solution: `${text}!` } : { redirect: "b" };
  });
  const program = pipeline({ name: "p" }).step(echo("a"), { plugins: [tone], redirects: { b: echo("b") } });
  expect(await stage.run(program)).toMatchObject({
    status: "succeeded",
    output: "b in!",
    steps: [{ path: "p/a", metadata: { redirected: ["b"] } }],
  });
  expect(stage.notes).toEqual(["a in ()", "b in (b)"]);
  const keys = (await stage.entries()).flatMap((entry) =>
    entry.type === "decisions-made"
      ? entry.decisions.map(({ key }) => String(key))
      : entry.type === "operation-finished"
        ? [String(entry.key)]
        : [],
  );
  expect(keys.filter((key) => key.startsWith("p/a"))).toEqual(["p/a", "p/a/?plugin tone", "p/a/redirect-b", "p/a/?plugin-2 tone"]);
});

test("PLUG-5: a redirect is told the feedback and what it is about: a step finds both, an agent's model reads them", async () => {
  const stage = new Stage();
  const tone = plugin("tone", (text: string) => (text === "meh" ? { redirect: "senior", feedback: "Say more." } : true));
  const draft = step("draft", (): string => "meh");
  const senior = step("senior", (_: unknown, { feedback }): string => {
    stage.note(`${feedback?.code}: ${feedback?.message} ${JSON.stringify(feedback?.details)}`);
    return "fine";
  });
  await stage.run(pipeline({ name: "p" }).step(draft, { plugins: [tone], redirects: { senior } }));
  expect(stage.notes).toEqual(['redirected: Say more. {"plugin":"tone","artifact":"meh"}']);
  const model = scriptedModel(["Much more."]);
  const writer = agent({ name: "writer", model, instructions: "Write." });
  expect(await new Stage().run(pipeline({ name: "p" }).step(draft, { plugins: [tone], redirects: { senior: writer } }))).toMatchObject({
    output: "Much more.",
  });
  const prompt = JSON.stringify(model.calls[0]?.options.prompt);
  expect(prompt).toContain("What came of it was:\\nmeh");
  expect(prompt).toContain("What is wrong with it:\\nSay more.");
});

test("PLUG-6: a redirect without feedback is told what its attempt was told", async () => {
  const stage = new Stage();
  const notes = step("notes", (_: unknown, { feedback }): number => {
    stage.note(feedback?.message ?? "-");
    return -1;
  });
  const program = pipeline({ name: "p" }).step(counts(new Stage()), {
    plugins: [(n) => (n > 0 ? { redirect: "notes" } : true)],
    redirects: { notes },
    validate: (_, { context }) => ({ ok: context === undefined, feedback: "never" }),
    retry: { retries: 1, firstDelayMs: 0 },
  });
  await stage.run(program);
  expect(stage.notes).toEqual(["-", "p/counts: what it gave is not good enough. validate: never"]);
});

test("PLUG-7: a name that is no redirect fails the node as redirect_unknown, which lists those there are", async () => {
  const program = (redirect: string) =>
    pipeline({ name: "p" }).step(echo("a"), {
      plugins: [{ name: "tone", run: () => ({ redirect: redirect as "senior" }) }],
      redirects: { senior: echo("s"), expert: echo("e") },
      retry: again,
    });
  expect(await new Stage().run(program("seniro"))).toMatchObject({
    status: "failed",
    failure: {
      code: "redirect_unknown",
      retryable: false,
      message:
        'p/a: the plugin "tone" redirects to "seniro", and there is no such redirect. Did you mean "senior"? Those there are: senior, expert.',
    },
    steps: [{ attempts: 1 }],
  });
  expect(await new Stage().run(program("toString"))).toMatchObject({ failure: { code: "redirect_unknown" } });
});

test("PLUG-8: one that has had it in the same attempt is redirect_cycle, which names the way; another attempt may go there again", async () => {
  const stage = new Stage();
  const way: Readonly<Record<string, "b" | "c">> = { a: "b", b: "c", c: "b" };
  const program = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [{ name: "turn", run: (text) => ({ redirect: way[text.slice(0, 1)] ?? "b" }) }],
    redirects: { b: echo("b"), c: echo("c") },
    retry: again,
  });
  expect(await stage.run(program)).toMatchObject({
    status: "failed",
    failure: {
      code: "redirect_cycle",
      retryable: false,
      message: expect.stringContaining("a → b → c → b"),
      details: { way: ["a", "b", "c", "b"] },
    },
    steps: [{ attempts: 1, metadata: { redirected: ["b", "c"] } }],
  });
  let asked = 0;
  const twice = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [(text) => (text.startsWith("a") ? { redirect: "b" } : ++asked > 1)],
    redirects: { b: echo("b") },
    retry: again,
  });
  expect(await new Stage().run(twice)).toMatchObject({ output: "b in", steps: [{ attempts: 2, metadata: { redirected: ["b"] } }] });
});

test("PLUG-9: what the node wrote before a redirect is lost, and the redirect finds the context as the attempt did; what it writes stays", async () => {
  const stage = new Stage();
  const body = pipeline({ name: "body", context: Shared }).step(logs("first")).step(looks("seen"));
  const other = pipeline({ name: "other", context: Shared }).step(looks("found")).step(logs("second"));
  const program = shared()
    .step(logs("before"))
    .step(body, {
      plugins: [
        (text, { context }) => {
          stage.note(`${text} in ${context.log.join()}`);
          return text === "nobody before,first" ? { redirect: "other" } : true;
        },
      ],
      redirects: { other: pipeline({ name: "text", context: Shared }).step(other).step("text", String) },
    });
  expect(await stage.run(program)).toMatchObject({ status: "succeeded", output: "nobody before", context: { log: ["before", "second"] } });
  expect(stage.notes).toEqual(["nobody before,first in before,first", "nobody before in before,second"]);
});

test("PLUG-10: a redirect that fails has failed the attempt, which may be tried again and be replaced as any other", async () => {
  const plugins = [(text: string) => (text.startsWith("a") ? { redirect: "b" as const } : true)];
  const alone = pipeline({ name: "p" }).step(echo("a"), { plugins, redirects: { b: fails("b") } });
  expect(await new Stage().run(alone)).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/a/redirect-b" } });
  const replaced = pipeline({ name: "p" }).step(echo("a"), { plugins, redirects: { b: fails("b") }, retry: again, fallback: echo("f") });
  expect(await new Stage().run(replaced)).toMatchObject({ output: "f in", steps: [{ attempts: 4, metadata: { fallback: 1 } }] });
});

test("PLUG-11: the output of a redirect is checked by the validators, that of a fallback by neither plugins nor validators", async () => {
  const program = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [{ name: "all", run: (text) => (text.startsWith("a") ? { redirect: "b" } : !text.startsWith("f")) }],
    redirects: { b: echo("b") },
    validate: (text) => !text.startsWith("b"),
    fallback: echo("f"),
  });
  expect(await new Stage().run(program)).toMatchObject({ output: "f in", steps: [{ metadata: { redirected: ["b"], fallback: 1 } }] });
});

test("PLUG-12: the scores of plugins stand beside those of validators", async () => {
  const program = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [
      { name: "tone", run: () => ({ score: 0.5 }) },
      { name: "swap", run: () => ({ solution: "x", score: 0.25 }) },
    ],
    validate: [{ name: "length", check: (text) => ({ score: text.length }) }],
  });
  expect(await new Stage().run(program)).toMatchObject({
    output: "x",
    steps: [{ metadata: { scores: { tone: 0.5, swap: 0.25, length: 1 } } }],
  });
  const alone = pipeline({ name: "p" }).step(echo("a"), { plugins: [{ name: "tone", run: () => ({ ok: false, score: 0.5 }) }] });
  expect(await new Stage().run(alone)).toMatchObject({
    failure: { code: "validation_failed", details: { scores: { tone: 0.5 } } },
    steps: [{ metadata: { scores: { tone: 0.5 } } }],
  });
});

test("PLUG-13: a plugin that throws, or says what makes no sense, fails the node as decision_failed, for good, and is named", async () => {
  const run = (said: () => unknown) =>
    new Stage().run(pipeline({ name: "p" }).step(echo("a"), { plugins: [{ name: "odd", run: said as () => boolean }], retry: again }));
  const failed = { status: "failed", failure: { code: "decision_failed", retryable: false }, steps: [{ attempts: 1 }] };
  const threw = await run(() => {
    throw new Error("no idea");
  });
  expect(threw).toMatchObject({ ...failed, failure: { path: "p/a/?plugin odd", message: expect.stringContaining("no idea") } });
  const nonsense: readonly (readonly [unknown, string])[] = [
    [7, '"odd" returned a number, and has to return nothing, true, false, { ok, score, feedback }, { solution } or { redirect, feedback }'],
    [{ valid: false }, '"odd" returned an object, and has to return nothing'],
    [{ solution: undefined }, '"odd" returned a `solution` that is undefined'],
    [{ solution: 1, redirect: "b" }, '"odd" returned a `solution` with `redirect`'],
    [{ redirect: 3 }, '"odd" returned a number as `redirect`'],
    [{ redirect: "b", ok: true }, '"odd" returned a `redirect` with `ok`'],
    [{ redirect: "b", feedback: 1 }, '"odd" returned a number as `feedback`'],
    [{ ok: "yes" }, '"odd" returned a string as `ok`'],
    [{ ok: undefined, feedback: "no" }, '"odd" returned undefined as `ok`'],
    [{ feedback: "no" }, '"odd" returned `feedback` without `ok`'],
    [{ score: 0.1, feedback: "no" }, '"odd" returned `score` and no `ok`'],
    [{ score: undefined }, '"odd" returned `score` and no `ok`'],
  ];
  for (const [said, message] of nonsense)
    expect(await run(() => said)).toMatchObject({ ...failed, failure: { message: expect.stringContaining(message) } });
});

test("PLUG-14: usage and cost of the node, of every redirect and of every attempt count once", async () => {
  const model = () => scriptedModel(() => "words");
  const draft = agent({ name: "draft", model: model(), instructions: "" });
  const senior = agent({ name: "senior", model: model(), instructions: "" });
  let asked = 0;
  const program = pipeline({ name: "p" }).step(draft, {
    plugins: [(_, { redirected }) => (redirected.length === 0 ? { redirect: "senior" } : ++asked > 1)],
    redirects: { senior },
    retry: again,
  });
  expect(await new Stage().run(program)).toMatchObject({
    status: "succeeded",
    usage: { modelCalls: 4 },
    steps: [{ usage: { modelCalls: 4 } }],
  });
});

test("PLUG-15: the time of an attempt is that of its plugins and redirects, too", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [(text) => (text.startsWith("a") ? { redirect: "slow" } : true)],
    redirects: { slow: patient(stage, "slow") },
    timeoutMs: 1_000,
    onError: { default: "in time" },
  });
  expect(await stage.run(program)).toMatchObject({
    output: "in time",
    steps: [{ metadata: { defaulted: expect.stringContaining("1000 ms") } }],
  });
  expect(stage.notes).toEqual(["slow begins", "slow is told: timeout"]);
});

test("PLUG-16: a run that is called off tells a redirect to stop, and nothing takes its place", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(echo("a"), {
    plugins: [() => ({ redirect: "slow" as const })],
    redirects: { slow: patient(stage, "slow") },
    retry: again,
    fallback: echo("f"),
  });
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID, "enough");
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["slow begins", "slow is told: cancelled"]);
});

test("PLUG-17: what the node did before a solution or a redirect is still undone, by what it gave itself; what a redirect did by its own compensation alone", async () => {
  const stage = new Stage();
  const undo = (name: string) =>
    step(name, ({ input, output }: ToUndo): void => {
      stage.note(`${name} ${String(output)} of ${String(input)}`);
    });
  const program = pipeline({ name: "p" }).step(
    saga(
      pipeline({ name: "trip" })
        .step(echo("a"), {
          plugins: [(text) => (text.startsWith("a") ? { redirect: "b" } : { solution: `${text}!` })],
          redirects: { b: withPolicy(echo("b"), { compensate: undo("undo b") }) },
          compensate: undo("undo a"),
        })
        .step(fails("last")),
    ),
  );
  expect(await stage.run(program)).toMatchObject({ status: "failed", failure: { code: "step_failed" } });
  expect(stage.notes).toEqual(["undo b b in of in", "undo a a in of in"]);
});

test("PLUG-18: the answers of plugins and the outputs of redirects are asked for by no resume again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .step(echo("a"), {
      plugins: [
        (text) => {
          stage.note(`asked of ${text}`);
          return text.startsWith("a") ? { redirect: "b", feedback: "no" } : { solution: `${text}!` };
        },
      ],
      redirects: {
        b: pipeline({ name: "b" })
          .human("ask", { answer: z.string() })
          .step("text", ({ answer }): string => `b ${answer}`),
      },
    })
    .step(stage.door<string>());
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/a/redirect-b/ask" }] });
  stage.open();
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: "b yes!" });
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: "b yes!" });
  expect(stage.notes).toEqual(["asked of a in", "asked of b yes", "door"]);
});

test("PLUG-19: a plugin knows what the node was given, the context, which attempt it is and where the output has been", async () => {
  const stage = new Stage();
  const program = shared().step(counts(new Stage()), {
    plugins: [
      (n, { input, context, attempt, redirected, initialPrompt }) => {
        stage.note([n, input, context.who, attempt, redirected.length, initialPrompt].join(" "));
        return n > 1;
      },
    ],
    retry: again,
  });
  await stage.run(program, "in");
  expect(stage.notes).toEqual(["1 in nobody 1 0 in", "2 in nobody 2 0 in"]);
});

test("PLUG-20: a second attempt that redirects nowhere says so in the metadata", async () => {
  let calls = 0;
  const program = pipeline({ name: "p" }).step(
    step("n", () => ++calls),
    {
      plugins: [(n) => (n === 1 ? { redirect: "other" } : n > 0)],
      redirects: { other: step("other", () => -1) },
      retry: again,
    },
  );
  expect(await new Stage().run(program)).toMatchObject({ output: 2, steps: [{ attempts: 2, metadata: { redirected: [] } }] });
});

test("every code that a redirect ends with has its row in the table of errors", () => {
  expect(Object.keys(ERRORS)).toEqual(expect.arrayContaining(["redirected", "redirect_cycle", "redirect_unknown"]));
});
