import { expect, test } from "vitest";
import type { AnyStep } from "../../src/index.ts";
import { agent, gate, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const yes = step("yes", () => true);
const no = step("no", () => false);
const scores = <const Name extends string>(name: Name, score: number) => step(name, () => score);
const around = (program: AnyStep) => pipeline({ name: "p" }).step(program as typeof yes);

test("GATE-1: every judge is given the value, under path/name, and the gate gives the value", async () => {
  const stage = new Stage();
  const judge = step("judge", (value: { readonly n: number }, { path }) => {
    stage.note(`${path} ${value.n}`);
    return true;
  });
  expect(await stage.run(around(gate({ name: "g", judges: { a: judge, b: judge } })), { n: 1, more: 2 })).toMatchObject({
    output: { n: 1, more: 2 },
    steps: [{ path: "p/g", metadata: { votes: { a: { agrees: true }, b: { agrees: true } } } }],
  });
  expect(stage.notes).toEqual(["p/g/a 1", "p/g/b 1"]);
});

test("GATE-2: a judge says true, false or { ok, score, feedback }; with a minScore it agrees only with such a score, and a score alone will do", async () => {
  const of = async (said: unknown, minScore?: number) => {
    const judges = { j: step("j", () => said as boolean) };
    const result = await new Stage().run(around(gate({ name: "g", judges, ...(minScore === undefined ? {} : { minScore }) })));
    return result.status === "failed" ? result.failure.code : result.status;
  };
  for (const said of [true, { ok: true }, { ok: true, score: 0, feedback: "fine" }]) expect(await of(said)).toBe("succeeded");
  for (const said of [false, { ok: false }, { ok: false, score: 1 }]) expect(await of(said)).toBe("gate_closed");
  for (const said of [0.8, 0.9, { score: 0.8 }, { ok: true, score: 1 }]) expect(await of(said, 0.8)).toBe("succeeded");
  for (const said of [0.79, { score: 0.1 }, { ok: false, score: 1 }, true, { ok: true }]) expect(await of(said, 0.8)).toBe("gate_closed");
  for (const said of [undefined, null, "yes", {}, { valid: true }, 1, { score: 1 }, { feedback: "?" }, { ok: undefined, feedback: "?" }])
    expect(await of(said)).toBe("verdict_invalid");
  for (const said of ["yes", Number.NaN, { feedback: "?" }, { ok: 1, score: 1 }, { ok: undefined, score: 1 }])
    expect(await of(said, 0.8)).toBe("verdict_invalid");
});

test("GATE-3: all have to agree, or more of those that vote than do not, or so many", async () => {
  const of = async (needs: "all" | "majority" | number, ...votes: readonly boolean[]) => {
    const judges = Object.fromEntries(votes.map((vote, index) => [`j${index}`, vote ? yes : no]));
    return (await new Stage().run(around(gate({ name: "g", judges, needs })))).status === "succeeded";
  };
  expect(await of("all", true, true)).toBe(true);
  expect(await of("all", true, false)).toBe(false);
  expect(await of("majority", true, true, false)).toBe(true);
  expect(await of("majority", true, false)).toBe(false);
  expect(await of("majority", true, false, false)).toBe(false);
  expect(await of(1, false, true, false)).toBe(true);
  expect(await of(2, true, false, true)).toBe(true);
  expect(await of(2, false, true, false)).toBe(false);
});

test("GATE-4: a closed gate fails as gate_closed, which says who objected and why, and may be tried again", async () => {
  const judges = {
    b: step("b", () => ({ score: 0.5 })),
    a: step("a", () => ({ ok: false, score: 1, feedback: "Too short." })),
    c: step("c", () => 0.9),
    d: step("d", () => ({ ok: false, score: 1 })),
    e: step("e", () => ({ ok: true, score: null })),
  };
  expect(await new Stage().run(around(gate({ name: "g", judges, needs: 5, minScore: 0.8, concurrency: 5 })))).toMatchObject({
    failure: { code: "gate_closed", path: "p/g", retryable: true },
  });
  const waits = gate({ name: "g", judges: { ...judges, f: scores("f", 1), g: scores("g", 1) }, needs: "majority", minScore: 0.8 });
  expect(await new Stage().run(around(waits))).toMatchObject({
    status: "failed",
    failure: {
      code: "gate_closed",
      message: expect.stringMatching(
        /^p\/g: \d agreed, \d did not; of its 7 judges, most have to agree\. b: Its score is 0\.5, and has to be 0\.8\. a: Too short\./,
      ) as string,
      details: { needs: "majority", votes: { b: { agrees: false, score: 0.5 }, a: { agrees: false, score: 1, feedback: "Too short." } } },
    },
  });
  const one = (said: unknown) => around(gate({ name: "g", judges: { d: step("d", () => said as number) }, minScore: 0.8 }));
  expect(await new Stage().run(one({ ok: false, score: 1 }))).toMatchObject({
    failure: { message: "p/g: 0 agreed, 1 did not; of its 1 judge, all have to agree. d: It says no." },
  });
  expect(await new Stage().run(one(true))).toMatchObject({
    failure: { message: expect.stringContaining("d: It gave no score, and needs 0.8.") as string },
  });
  const stage = new Stage();
  const told = pipeline({ name: "p" }).step(
    pipeline({ name: "both" })
      .step("make", (n: number, { feedback }) => {
        stage.note(feedback?.message ?? "first");
        return feedback === null ? n : n + 1;
      })
      .tap(gate({ name: "g", judges: { even: step("even", (n: number) => ({ ok: n % 2 === 0, feedback: "It is odd." })) } })),
    { retry: { retries: 1, firstDelayMs: 0 } },
  );
  expect(await stage.run(told, 1)).toMatchObject({ status: "succeeded", output: 2 });
  expect(stage.notes).toEqual([
    "first",
    expect.stringMatching(/0 agreed, 1 did not; of its 1 judge, all have to agree\. even: It is odd\.$/),
  ]);
});

test("GATE-5: as soon as the votes decide, those still under way are told that they lost; until then nobody is", async () => {
  const stage = new Stage();
  const closes = around(gate({ name: "g", judges: { slow: patient(stage, "slow") as unknown as typeof yes, no } }));
  expect(await stage.run(closes)).toMatchObject({ failure: { code: "gate_closed", details: { votes: { no: { agrees: false } } } } });
  expect(stage.notes).toEqual(["slow begins", "slow is told: lost-race"]);
  const other = new Stage();
  const slow = patient(other, "slow") as unknown as typeof yes;
  expect(await other.run(around(gate({ name: "g", judges: { slow, a: yes, b: yes }, needs: 2 })))).toMatchObject({
    output: "in",
    steps: [{ metadata: { votes: { a: { agrees: true }, b: { agrees: true } } } }],
  });
  const last = new Stage();
  const late = step("late", async () => {
    await last.clock.sleep(500);
    return last.notes.push("late") > 0;
  });
  for (const needs of ["all", "majority", 2] as const)
    expect(await last.run(around(gate({ name: "g", judges: { a: yes, late }, needs })), "in", { runId: String(needs) })).toMatchObject({
      output: "in",
    });
  expect(last.notes).toEqual(["late", "late", "late"]);
});

test("GATE-6: under propagate a judge that fails, or gives no vote, fails the gate; under ignore it does not vote, and a gate without votes is closed", async () => {
  const bad = fails("bad") as unknown as typeof yes;
  expect(await new Stage().run(around(gate({ name: "g", judges: { bad, slow: yes }, concurrency: 1 })))).toMatchObject({
    failure: { code: "step_failed", path: "p/g/bad" },
  });
  for (const needs of ["all", "majority", 1] as const)
    expect(
      await new Stage().run(around(gate({ name: "g", judges: { bad, yes }, needs, onFailure: "ignore", concurrency: 1 }))),
    ).toMatchObject({
      output: "in",
      steps: [{ metadata: { ignored: ["bad"], votes: { yes: { agrees: true } } } }],
    });
  const odd = step("odd", () => "yes" as unknown as boolean);
  expect(await new Stage().run(around(gate({ name: "g", judges: { odd } })))).toMatchObject({
    failure: {
      code: "verdict_invalid",
      path: "p/g/odd",
      message: "p/g/odd: the judge gave a string, and has to give true, false or { ok, score, feedback }.",
    },
  });
  for (const needs of ["all", "majority", 1] as const)
    expect(await new Stage().run(around(gate({ name: "g", judges: { bad, odd }, needs, onFailure: "ignore" })))).toMatchObject({
      failure: { code: "gate_closed", message: expect.stringContaining("0 agreed, 0 did not, ") as string },
    });
});

test("GATE-7: every judge sees the context as it was before; what those that voted wrote is merged as by a parallel, and kept where the gate is open", async () => {
  const judge = (name: string, says: boolean) =>
    pipeline({ context: Shared })
      .step(logs<string>(name))
      .step(step("vote", () => says));
  const of = (other: boolean) =>
    shared().step(gate({ name: "g", judges: { b: judge("b", true), a: judge("a", other) }, needs: 1, concurrency: 1 }));
  const all = shared().step(gate({ name: "g", judges: { b: judge("b", true), a: judge("a", true) } }));
  expect(await new Stage().run(all)).toMatchObject({ context: { log: ["b", "a"], sum: 2 } });
  expect(await new Stage().run(of(true))).toMatchObject({ context: { log: ["b"] } });
  const shut = shared().step(gate({ name: "g", judges: { b: judge("b", true), a: judge("a", false) } }));
  expect(await new Stage().run(shut)).toMatchObject({ failure: { code: "gate_closed" }, context: { log: [] } });
});

test("GATE-8: usage and cost are those of all judges", async () => {
  const judge = (name: string) => {
    const asks = agent({
      name,
      instructions: "Judge.",
      model: scriptedModel([{ text: "fine", usage: { inputTokens: 10, outputTokens: 1 } }]),
    });
    return pipeline()
      .step(asks)
      .step("vote", (text) => text === "fine");
  };
  expect(await new Stage().run(around(gate({ name: "g", judges: { a: judge("x"), b: judge("y") } })))).toMatchObject({
    steps: [{ usage: { modelCalls: 2, inputTokens: 20, outputTokens: 2 } }],
  });
});

test("GATE-9: a cancellation ends every judge, and is never ignored; neither is a judge that goes on as another run", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const judges = { a: patient(stage, "a"), b: patient(stage, "b") } as unknown as { readonly a: typeof yes; readonly b: typeof yes };
  const going = flujo.run(around(gate({ name: "g", judges, onFailure: "ignore" })), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  await stage.clock.advance(10_000);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes.toSorted()).toEqual(["a begins", "a is told: cancelled", "b begins", "b is told: cancelled"]);
  const other = new Stage();
  const goesOn = step("goesOn", (n: number, { continueAs }) => (n < 1 ? continueAs(n + 1) : true));
  const line = pipeline({ name: "p" })
    .step(gate({ name: "g", judges: { yes, goesOn }, onFailure: "ignore" }))
    .step("after", (n) => other.notes.push(`after ${n}`));
  await other.run(line, 0);
  expect(other.notes).toEqual(["after 1"]);
});

test("GATE-10: judges that have voted are not asked again after a resume", async () => {
  const stage = new Stage();
  const first = step("first", () => stage.notes.push("first") > 0);
  const second = pipeline()
    .step(stage.door("second"))
    .step("vote", () => true);
  const program = around(gate({ name: "g", judges: { first, second } }));
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ output: "in" });
  expect(stage.notes).toEqual(["first", "second", "second"]);
});

test("GATE-11: without judges, with `needs` of more than there are, or with options that are not there, it is refused before there is a run", async () => {
  for (const [more, words] of [
    [{ judges: {} }, "it has no judges"],
    [{ needs: 2 }, "needs is 2"],
    [{ needs: 0 }, "needs is 0"],
    [{ needs: "some" }, 'needs is "some"'],
    [{ minScore: Number.NaN }, "minScore is NaN"],
    [{ onFailure: "collect" }, 'onFailure is "collect"'],
    [{ merge: "mix" }, "merge"],
    [{ concurrency: 0 }, "concurrency"],
    [{ name: "" }, "a gate has no name"],
    [{ join: "any" }, 'there is no option "join"'],
  ] as const) {
    const stage = new Stage();
    await expect((async () => stage.run(gate({ name: "g", judges: { yes }, ...(more as object) })))(), words).rejects.toMatchObject({
      code: "pipeline_invalid",
      message: expect.stringContaining(words) as string,
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
});
