import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, context, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });
const FORK = `${RUN_ID}-fork-2`;

function work(bench: Workbench, name: string, version = "1") {
  return step({ name, version, run: (value: unknown) => bench.call(name, `${JSON.stringify(value)} ${name}${version}`) });
}

const keysOf = async (bench: Workbench, runId: string): Promise<readonly string[]> =>
  (await bench.entries(runId)).flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []));

describe.each(KEPT)("a fork in %s", (kept) => {
  test("keeps no outcome whose question is another now: what came before it is gone, or stands elsewhere", async () => {
    await using bench = new Workbench(kept);
    const end = (before: { human: typeof p.human }) =>
      before.human("ask", { show: ({ output }) => output, answer: text }) as unknown as AnyStep;
    const before = end(p.step(work(bench, "a")).step(work(bench, "b")).step(work(bench, "c")));
    await bench.run(before, "in");
    bench.called();
    const forked = await bench.resume(end(p.step(work(bench, "a")).step(work(bench, "c"))), "fork");
    expect(bench.called()).toEqual(["c"]);
    expect(forked).toMatchObject({ status: "paused", pauses: [{ show: expect.stringMatching(/a1.*c1$/) }] });
    const swapped = await bench.resume(
      end(
        p
          .step(work(bench, "b"))
          .step(work(bench, "a"))
          .step(work(bench, "c", "2")),
      ),
      "fork",
    );
    expect(bench.called()).toEqual(["b", "a", "c"]);
    expect(swapped).toMatchObject({ pauses: [{ show: expect.stringMatching(/b1.*a1.*c2$/) }] });
  });

  test("keeps what is asked alike although it stands in another place among its siblings", async () => {
    await using bench = new Workbench(kept);
    const make = (isNew: boolean) => {
      const [a, b] = [
        pipeline({ name: "a" })
          .tap(work(bench, "a1"))
          .step("same", (v) => v),
        pipeline({ name: "b" })
          .tap(work(bench, "b1"))
          .step("alike", (v) => v),
      ];
      const start = isNew ? p.step(b).step(a) : p.step(a).step(b);
      return start.human("ask", { answer: text }).step(work(bench, "last", isNew ? "2" : "1"));
    };
    await bench.run(make(false), "in");
    bench.called();
    const forked = await bench.resume(make(true), "fork");
    expect(bench.called()).toEqual([]);
    expect(forked).toMatchObject({ status: "paused", runId: FORK });
    expect(await bench.resume(make(true), "refuse", FORK)).toMatchObject({ status: "paused" }); // what has ended covers what it did, whichever came first
    expect((await bench.answer(make(true), "yes", { runId: FORK })).status).toBe("succeeded");
    expect(bench.called()).toEqual(["last"]);
  });

  test("asks an agent again whose instructions are others now, and takes its texts from the program now loaded", async () => {
    await using bench = new Workbench(kept);
    const model = scriptedModel(({ options }) =>
      bench.call("model", JSON.stringify(options.prompt[0]).includes("brief") ? "short" : "long"),
    );
    const make = (instructions: string, version: string) =>
      p
        .step(agent({ name: "say", model, instructions }))
        .human("ask", { answer: text })
        .step(work(bench, "last", version));
    await bench.run(make("Be brief.", "1"), "in");
    bench.called();
    const forked = await bench.resume(make("Be long.", "2"), "fork");
    expect(bench.called()).toEqual(["model"]);
    expect((await bench.answer(make("Be long.", "2"), "yes", { runId: forked.runId })).unwrap()).toContain("long");
  });

  test("gives what runs again another idempotency key, by its own id", async () => {
    await using bench = new Workbench(kept);
    const keys: string[] = [];
    const note = (name: string, version: string) =>
      step({ name, version, effect: "once", run: (value: string, { idempotencyKey }) => (keys.push(`${name} ${idempotencyKey}`), value) });
    const make = (version: string) => p.step(note("paid", "1")).step(note("sent", version)).human("ask", { answer: text });
    await bench.run(make("1"), "in");
    await bench.resume(make("2"), "fork");
    expect(keys).toEqual([`paid ${RUN_ID}:p/paid`, `sent ${RUN_ID}:p/sent`, `sent ${FORK}:p/sent`]);
    const intents = (await bench.entries(FORK)).filter((entry) => entry.type === "operation-intended");
    expect(intents.map(({ key, idempotencyKey }) => `${key} ${idempotencyKey}`)).toEqual([
      `p/paid ${RUN_ID}:p/paid`,
      `p/sent ${FORK}:p/sent`,
    ]);
  });

  test("does not do again what is in doubt and may not be done twice", async () => {
    await using bench = new Workbench(kept);
    const begun = Promise.withResolvers<void>();
    const pay = step({
      name: "pay",
      version: "1",
      effect: "once",
      inDoubt: "fail",
      run: () => {
        bench.call("pay", null);
        begun.resolve();
        return new Promise<string>(() => undefined);
      },
    });
    const make = (version: string) => p.step(pay).step(work(bench, "b", version));
    const flujo = bench.flujo();
    const going = flujo.run(make("1"), "in", { runId: RUN_ID });
    await begun.promise;
    await flujo.close();
    expect((await going).status).toBe("stopped");
    bench.called();
    expect(await bench.resume(make("2"), "fork")).toMatchObject({ runId: FORK, status: "failed", failure: { code: "in_doubt" } });
    expect(bench.called()).toEqual([]);
  });

  test("has the signals that its parent had not taken, and those it had taken for a wait that begins anew", async () => {
    await using bench = new Workbench(kept);
    const wait = (name: string) => ({ name, options: { schema: text } });
    const make = (version: string) =>
      p
        .waitFor("early", wait("early").options)
        .step(work(bench, "a", version))
        .waitFor("paid", wait("paid").options)
        .human("ask", { answer: text })
        .waitFor("later", wait("later").options)
        .step("join", ({ signal }) => signal);
    await bench.run(make("1"), "in");
    const flujo = bench.flujo();
    for (const name of ["early", "paid", "later"]) await flujo.signal(RUN_ID, name, `${name}!`);
    await bench.resume(make("1"));
    bench.called();
    const forked = await bench.resume(make("2"), "fork");
    expect(bench.called()).toEqual(["a"]);
    expect(forked).toMatchObject({ status: "paused", pauses: [{ id: "p/ask" }] });
    expect((await bench.answer(make("2"), "yes", { runId: FORK })).unwrap()).toBe("later!");
  });

  test("keeps a race as it was won, unless the winner has to run again", async () => {
    await using bench = new Workbench(kept);
    const slow = step({
      name: "slow",
      version: "1",
      run: (_: unknown, { signal }) =>
        new Promise<string>(
          (_resolve, reject) => (bench.call("slow", null), signal.addEventListener("abort", () => reject(new Error("told")))),
        ),
    });
    const make = (quick: string, last: string) =>
      p
        .parallel({ quick: work(bench, "quick", quick), slow }, { join: "any" })
        .human("ask", { answer: text })
        .step(work(bench, "last", last));
    await bench.run(make("1", "1"), "in");
    bench.called();
    expect(await bench.resume(make("1", "2"), "fork")).toMatchObject({ status: "paused" });
    expect(bench.called()).toEqual([]);
    expect(await bench.resume(make("2", "1"), "fork")).toMatchObject({ status: "paused" });
    expect(bench.called()).toEqual(["quick", "slow"]);
  });

  test("of a map with few places keeps the items that had ended, although those before them run again", async () => {
    await using bench = new Workbench(kept);
    const each = (version: string) =>
      pipeline({ name: "each", input: text }).branch((value) => (value < "c" ? "old" : "new"), {
        old: pipeline({ name: "old" })
          .step(work(bench, "first"))
          .step(work(bench, "changing", version)),
        new: pipeline({ name: "new" }).step(work(bench, "other")).step(work(bench, "more")),
      });
    const make = (version: string) =>
      p
        .step("split", (value: string) => value.split(""))
        .map(each(version), { concurrency: 1 })
        .human("ask", { answer: text });
    await bench.run(make("1"), "abcdef");
    bench.called();
    const forked = await bench.resume(make("2"), "fork");
    expect(bench.called()).toEqual(["changing", "changing"]);
    expect(forked.status).toBe("paused");
    for (let round = 0; round < 2; round++) expect((await bench.resume(make("2"), "refuse", FORK)).status).toBe("paused");
    expect(bench.called()).toEqual([]);
    expect((await bench.answer(make("2"), "yes", { runId: FORK })).unwrap()).toMatchObject({
      input: [
        expect.stringContaining("changing2"),
        expect.stringContaining("changing2"),
        expect.stringContaining("more1"),
        expect.anything(),
        expect.anything(),
        expect.anything(),
      ],
    });
  });

  test("begins with what the program now loaded makes of the input and the context, and is refused where that does not fit", async () => {
    await using bench = new Workbench(kept);
    const make = (input: z.ZodType<string>, fields: z.ZodType<{ n: number }>) =>
      pipeline({ name: "p", input, context: context(fields, {}) })
        .step(
          step({
            name: "read",
            version: "1",
            context: context(z.object({ n: z.number() }), {}),
            run: (value: string, { context: { n } }) => bench.call("read", `${value}${n}`),
          }),
        )
        .human("ask", { answer: text });
    const one = z.object({ n: z.number().default(1) });
    await bench.run(make(text, one), "in");
    bench.called();
    await expect(bench.resume(make(text.min(9), one), "fork")).rejects.toMatchObject({ code: "input_invalid" });
    await expect(bench.resume(make(text, z.object({ n: z.number().min(5) })), "fork")).rejects.toMatchObject({ code: "context_invalid" });
    expect(await bench.flujo().find(FORK)).toBeNull();
    expect(await bench.resume(make(text.max(9), one), "fork")).toMatchObject({ status: "paused", runId: FORK });
    expect(bench.called()).toEqual([]);
  });

  test("keeps what was written to the context with what wrote it, and asks anew what sees it otherwise", async () => {
    await using bench = new Workbench(kept);
    const Log = context(z.object({ log: z.array(text).default([]) }), { log: "append" });
    const writes = (name: string, version: string) =>
      step({
        name,
        version,
        context: Log,
        run: (value: string, { contribute }) => (contribute("log", `${name}${version}`), bench.call(name, value)),
      });
    const make = (a: string, last: string) =>
      pipeline({ name: "p", input: text, context: Log })
        .step(writes("a", a))
        .step(writes("b", "1"))
        .human("ask", { answer: text })
        .step("join", ({ input }) => input)
        .step(writes("last", last));
    await bench.run(make("1", "1"), "in");
    bench.called();
    const first = await bench.answer(make("1", "2"), "yes", { onCodeChange: "fork" });
    expect({ context: first.context, called: bench.called() }).toEqual({ context: { log: ["a1", "b1", "last2"] }, called: ["last"] });
    const second = await bench.resume(make("2", "1"), "fork");
    expect({ context: second.context, called: bench.called() }).toEqual({ context: { log: ["a2", "b1"] }, called: ["a", "b"] });
  });

  test("keeps the approval of a tool call, and what the call gave, where the model is asked as before", async () => {
    await using bench = new Workbench(kept);
    const model = scriptedModel(({ turn }) => bench.call("model", turn === 0 ? { calls: [{ tool: "pay", input: { cents: 5 } }] } : "paid"));
    const pay = tool({
      name: "pay",
      description: "Pays.",
      version: "1",
      input: z.object({ cents: z.number() }),
      needsApproval: true,
      run: ({ cents }) => bench.call("pay", cents),
    });
    const make = (version: string) =>
      p
        .step(agent({ name: "say", model, instructions: "", tools: [pay] }))
        .human("ask", { answer: text })
        .step(work(bench, "last", version));
    await bench.run(make("1"), "in");
    await bench.answer(make("1"), { decision: "approve" });
    expect(bench.called()).toEqual(["model", "pay", "model"]);
    const end = await bench.answer(make("2"), "yes", { onCodeChange: "fork" });
    expect(end.usage).toMatchObject({ modelCalls: 2, toolCalls: 1 });
    expect(bench.called()).toEqual(["last"]);
    expect(await keysOf(bench, FORK)).toContain("p/say/turn[0]/tool[0]/approval");
  });

  test("does again what took too long, where it may take longer now", async () => {
    await using bench = new Workbench(kept);
    let calls = 0;
    const make = (timeoutMs: number, version: string) =>
      p
        .step(
          step({
            name: "slow",
            version: "1",
            timeoutMs,
            run: () => bench.call("slow", ++calls === 1 ? new Promise<string>(() => undefined) : "in time"),
          }),
          { onError: { default: "late" } },
        )
        .human("ask", { show: ({ output }) => output, answer: text })
        .step(work(bench, "last", version));
    await bench.run(make(5, "1"), "in");
    bench.called();
    expect(await bench.resume(make(5, "2"), "fork")).toMatchObject({ pauses: [{ show: "late" }] });
    expect(bench.called()).toEqual([]);
    expect(await bench.resume(make(60_000, "2"), "fork")).toMatchObject({ pauses: [{ show: "in time" }] });
    expect(bench.called()).toEqual(["slow"]);
  });
});
