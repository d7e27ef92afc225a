import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, refine, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

interface Draft {
  readonly input: string;
  readonly artifact: string;
}

/** Makes `draft 1`, `draft 2` and so on: one more than the artifact that it is told of. */
function writer(stage: Stage) {
  return step("writer", (topic: string, { feedback, path }) => {
    stage.note(`${path} of ${topic}: ${feedback === null ? "first" : `${feedback.code} ${feedback.message}`}`);
    const before = (feedback?.details as { readonly artifact?: string } | undefined)?.artifact ?? "draft 0";
    return `draft ${Number(before.slice(6)) + 1}`;
  });
}

/** Accepts the draft of this number and all after it. */
function critic(stage: Stage, from: number) {
  return step("critic", ({ input, artifact }: Draft, { path }) => {
    stage.note(`${path} judges ${artifact} of ${input}`);
    const ok = Number(artifact.slice(6)) >= from;
    return ok ? { ok } : { ok, score: 0.5, feedback: `${artifact} is too early.` };
  });
}

function essay(stage: Stage, from: number, onExhausted: "return" | "fail" = "return") {
  const parts = { generate: writer(stage), critique: critic(stage, from), maxIterations: 2, onExhausted };
  return pipeline({ name: "p" }).step(refine({ name: "essay", ...parts }));
}

test("REF-1: each iteration generates of the same input, and the critique is given { input, artifact }", async () => {
  const stage = new Stage();
  expect(await stage.run(essay(stage, 2), "tides")).toMatchObject({ status: "succeeded", steps: [{ path: "p/essay" }] });
  expect(stage.notes).toEqual([
    "p/essay[0]/generate of tides: first",
    "p/essay[0]/critique judges draft 1 of tides",
    "p/essay[1]/generate of tides: critique_rejected draft 1 is too early.",
    "p/essay[1]/critique judges draft 2 of tides",
  ]);
});

test("REF-2: what generates is told the critic's words, the artifact and the check; an agent finds them in its prompt", async () => {
  const told: unknown[] = [];
  const generate = step("writer", (_: string, { feedback }) => {
    told.push(feedback);
    return { at: new Date(0), n: 5n };
  });
  const critique = step("critic", (): { ok: boolean; feedback?: string } => ({ ok: told.length === 2, feedback: "Too early." }));
  const stage = new Stage();
  await stage.run(pipeline({ name: "p" }).step(refine({ name: "r", generate, critique, maxIterations: 2 })));
  expect(told).toEqual([
    null,
    {
      code: "critique_rejected",
      message: "Too early.",
      path: "p/r[0]",
      retryable: true,
      details: { artifact: { at: "1970-01-01T00:00:00.000Z", n: "5" }, check: { ok: false, feedback: "Too early." } },
    },
  ]);
  const model = scriptedModel(["Tides rise.", "Tides rise and fall."]);
  const poet = agent({ name: "poet", model, instructions: "Write." });
  const judge = step("judge", ({ artifact }: Draft) => ({ ok: artifact.includes("fall"), feedback: "It lacks the ebb." }));
  const poem = pipeline({ name: "p" }).step(refine({ name: "r", generate: poet, critique: judge, maxIterations: 2 }));
  expect(await new Stage().run(poem, "the tides")).toMatchObject({ output: { artifact: "Tides rise and fall." } });
  const [first, second] = model.calls.map(({ options }) => JSON.stringify(options.prompt));
  expect(first).not.toContain("not accepted");
  expect(second).toContain("the tides");
  expect(second).toContain("What came of it was:\\\\nTides rise.".replaceAll("\\\\n", "\\n"));
  expect(second).toContain("What is wrong with it:\\\\nIt lacks the ebb.".replaceAll("\\\\n", "\\n"));
});

test("REF-3: a check that is true or { ok: true } ends it; false and { ok: false } do not; one that says neither fails as verdict_invalid", async () => {
  const of = (...checks: readonly unknown[]) => {
    const said = checks.values();
    const critique = step("critic", () => said.next().value as boolean);
    const generate = step("writer", (n: number) => n);
    return new Stage().run(pipeline({ name: "p" }).step(refine({ name: "r", generate, critique, maxIterations: 3 })), 7);
  };
  expect(await of(true)).toMatchObject({ output: { accepted: true, check: true, iterations: 1 } });
  expect(await of(false, { ok: false }, { ok: true, score: 0.1 })).toMatchObject({ output: { check: { ok: true }, iterations: 3 } });
  for (const odd of [
    undefined,
    null,
    "yes",
    1,
    { valid: true },
    { score: 1 },
    { ok: "yes" },
    { ok: undefined, feedback: "no" },
    { feedback: "no" },
    { ok: true, score: "high" },
    { ok: true, feedback: 1 },
  ])
    expect(await of(false, odd), JSON.stringify(odd)).toMatchObject({
      status: "failed",
      failure: { code: "verdict_invalid", path: "p/r[1]", retryable: false },
      steps: [{ metadata: { iterations: 2, accepted: false } }],
    });
});

test("REF-4: `accept` says which checks accept, and `feedback` what is wrong; left out, the check's own feedback is told, or the check", async () => {
  const stage = new Stage();
  const generate = step("writer", (topic: string, { feedback }) => {
    stage.note(feedback?.message ?? "first");
    return topic.length;
  });
  const parts = { name: "r", generate, maxIterations: 3, critique: step("critic", () => ({ marks: [1, 2] })) } as const;
  const told = refine({
    ...parts,
    accept: ({ marks }, { input, artifact, iteration, context, initialPrompt }) => {
      stage.note([marks.length, input, artifact, iteration, typeof context, initialPrompt].join());
      return iteration === 2;
    },
    feedback: ({ marks }, { iteration }) => `${marks.join("+")} at ${iteration}`,
  });
  expect(await stage.run(pipeline({ name: "p" }).step(told), "in")).toMatchObject({ output: { accepted: true, check: { marks: [1, 2] } } });
  expect(stage.notes).toEqual(["first", "2,in,2,0,object,in", "1+2 at 0", "2,in,2,1,object,in", "1+2 at 1", "2,in,2,2,object,in"]);
  stage.notes.length = 0;
  const untold = refine({ ...parts, maxIterations: 2, accept: () => false });
  await new Stage().run(pipeline({ name: "p" }).step(untold));
  const own = refine({ ...parts, maxIterations: 2, critique: step("critic", () => ({ feedback: "own words" })), accept: () => false });
  await new Stage().run(pipeline({ name: "p" }).step(own));
  expect(stage.notes).toEqual(["first", 'It was not accepted: {"marks":[1,2]}', "first", "own words"]);
  const throwing = { accept: () => false, feedback: () => "" };
  for (const name of ["accept", "feedback"] as const) {
    const bad = refine({
      ...parts,
      ...throwing,
      [name]: () => {
        throw new Error("no idea");
      },
    });
    expect(await new Stage().run(pipeline({ name: "p" }).step(bad))).toMatchObject({
      failure: { code: "decision_failed", path: "p/r[0]/?accept", message: expect.stringContaining("no idea") as string },
    });
  }
});

test("REF-5: the output is { accepted, artifact, check, iterations }; whether it was accepted, and after how many, is in the metadata", async () => {
  const stage = new Stage();
  expect(await stage.run(essay(stage, 2))).toMatchObject({
    output: { accepted: true, artifact: "draft 2", check: { ok: true }, iterations: 2 },
    steps: [{ metadata: { iterations: 2, accepted: true } }],
  });
});

test("REF-6: maxIterations without an accepted artifact gives the last one and its check; under onExhausted: fail it is the failure refine_exhausted", async () => {
  const stage = new Stage();
  const check = { ok: false, score: 0.5, feedback: "draft 2 is too early." };
  expect(await stage.run(essay(stage, 9))).toMatchObject({
    output: { accepted: false, artifact: "draft 2", check, iterations: 2 },
    steps: [{ metadata: { iterations: 2, accepted: false } }],
  });
  expect(stage.notes).toHaveLength(4);
  const other = new Stage();
  expect(await other.run(essay(other, 9, "fail"))).toMatchObject({
    status: "failed",
    failure: {
      code: "refine_exhausted",
      message: "p/essay: nothing was accepted in 2 iterations. The last was told: draft 2 is too early.",
      path: "p/essay",
      retryable: false,
      details: { maxIterations: 2, artifact: "draft 2", check },
    },
    steps: [{ metadata: { iterations: 2, accepted: false } }],
  });
});

test("REF-7: a failure of what generates, or of the critique, is the refine's", async () => {
  const generate = step("writer", (n: number) => n);
  const critique = step("critic", () => false);
  const broken = [
    refine({ name: "r", generate: fails("bad"), critique, maxIterations: 2 }),
    refine({ name: "r", generate, critique: fails("bad"), maxIterations: 2, accept: () => true }),
  ];
  for (const program of broken)
    expect(await new Stage().run(program, 0)).toMatchObject({
      status: "failed",
      failure: { code: "step_failed", message: expect.stringContaining("bad fails") as string },
    });
  expect(
    await new Stage().run(
      pipeline({ name: "p" }).step(refine({ name: "r", generate, critique: fails("bad"), maxIterations: 2, accept: () => true })),
      0,
    ),
  ).toMatchObject({
    steps: [{ path: "p/r", metadata: { iterations: 1, accepted: false } }],
  });
});

test("REF-8: both see the context as everything before has left it, and all that every iteration wrote is kept; of a refine that fails, nothing", async () => {
  const generate = pipeline({ context: Shared })
    .step(logs("made"))
    .step({ ...step("x", (value: unknown) => value) });
  const critique = step({
    name: "critic",
    context: Shared,
    run: (_: unknown, { context, contribute }) => {
      contribute("log", `saw ${context.log.length}`);
      return context.log.length === 3;
    },
  });
  const program = (maxIterations: number, onExhausted: "fail" | "return") =>
    shared().step(refine({ name: "r", generate, critique, maxIterations, onExhausted }));
  const log = ["made", "saw 1", "made", "saw 3"];
  expect(await new Stage().run(program(5, "return"))).toMatchObject({ output: { iterations: 2 }, context: { log, sum: 2 } });
  expect(await new Stage().run(program(1, "fail"))).toMatchObject({ status: "failed", context: { log: [] } });
});

test("REF-9: what every iteration used counts", async () => {
  const reply = { text: "Tides.", usage: { inputTokens: 10, outputTokens: 1 } };
  const poet = agent({ name: "poet", model: scriptedModel([reply, reply]), instructions: "Write." });
  const judge = agent({
    name: "judge",
    model: scriptedModel([
      { json: { ok: false, feedback: null }, usage: { inputTokens: 100, outputTokens: 2 } },
      { json: { ok: true, feedback: null }, usage: { inputTokens: 100, outputTokens: 2 } },
    ]),
    instructions: "Judge.",
    output: z.object({ ok: z.boolean(), feedback: z.string().nullable() }),
  });
  const poem = pipeline({ name: "p" }).step(refine({ name: "r", generate: poet, critique: judge, maxIterations: 2 }));
  expect(await new Stage().run(poem)).toMatchObject({
    status: "succeeded",
    usage: { modelCalls: 4, inputTokens: 220, outputTokens: 6 },
    steps: [{ usage: { modelCalls: 4, inputTokens: 220, outputTokens: 6 } }],
  });
});

test("REF-10: a cancellation reaches the iteration that is under way, and there is no other", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(
    refine({ name: "r", generate: patient(stage, "writer"), critique: critic(stage, 1), maxIterations: 2 }),
  );
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  await stage.clock.advance(10_000);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["writer begins", "writer is told: cancelled"]);
});

test("REF-11: a resume goes on in the iteration that was under way; what is recorded is not asked for again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(
    refine({
      name: "r",
      generate: writer(stage),
      critique: pipeline().step(critic(stage, 2)).step(stage.door<{ ok: boolean }>()),
      maxIterations: 3,
      accept: ({ ok }) => {
        stage.note(`accept ${ok}`);
        return ok;
      },
    }),
  );
  await stage.park(program, "tides");
  expect(await stage.resume(program)).toMatchObject({ output: { accepted: true, artifact: "draft 2", iterations: 2 } });
  expect(stage.notes).toEqual([
    "p/r[0]/generate of tides: first",
    "p/r[0]/critique/critic judges draft 1 of tides",
    "door",
    "door",
    "accept false",
    "p/r[1]/generate of tides: critique_rejected draft 1 is too early.",
    "p/r[1]/critique/critic judges draft 2 of tides",
    "door",
    "accept true",
  ]);
  expect(await stage.resume(program)).toMatchObject({ output: { accepted: true, artifact: "draft 2", iterations: 2 } });
  expect(stage.notes).toHaveLength(9);
});

test("REF-12: without a bound of at least one iteration, with `feedback` and no `accept`, or with an option that is not there, it is refused before there is a run", async () => {
  const parts = { name: "r", generate: step("writer", (n: number) => n), critique: step("critic", () => true), maxIterations: 2 } as const;
  for (const [more, says] of [
    [{ maxIterations: 0 }, "maxIterations is 0"],
    [{ maxIterations: Number.POSITIVE_INFINITY }, "maxIterations is Infinity"],
    [{ maxIterations: undefined }, "maxIterations is undefined"],
    [{ feedback: () => "" }, "it has `feedback`, and no `accept`"],
    [{ accept: "yes" }, "accept is"],
    [{ onExhausted: "ignore" }, 'onExhausted is "ignore"'],
    [{ name: "a/b" }, 'a refine is called "a/b"'],
    [{ retries: 2 }, 'there is no option "retries"'],
  ] as const) {
    const stage = new Stage();
    await expect((async () => stage.run(refine({ ...parts, ...(more as object) }), 0))(), says).rejects.toMatchObject({
      code: "pipeline_invalid",
      message: expect.stringContaining(says) as string,
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
});

test("REF-13: why an attempt around it failed is told to its critiques, and to what generates at the first iteration", async () => {
  const stage = new Stage();
  const generate = step("writer", (n: number, { feedback }) => {
    stage.note(`writer ${feedback?.code}`);
    return n;
  });
  const critique = step("critic", (_: unknown, { feedback }) => {
    stage.note(`critic ${feedback?.code}`);
    return stage.notes.length > 4;
  });
  const program = pipeline({ name: "p" }).step(refine({ name: "r", generate, critique, maxIterations: 2, onExhausted: "fail" }), {
    retry: { retries: 1, firstDelayMs: 0 },
    retryOn: ["refine_exhausted"],
  });
  expect(await stage.run(program, 0)).toMatchObject({ status: "succeeded", steps: [{ attempts: 2 }] });
  expect(stage.notes.slice(4)).toEqual(["writer refine_exhausted", "critic refine_exhausted"]);
});
