import { describe, expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { JournalStore } from "../../src/journal/port.ts";
import type { Plan } from "../../src/model/node.ts";
import { Flujo } from "../../src/index.ts";
import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });
const take = step({ name: "take", version: "1", run: ({ input }: { readonly input: string }) => input });

function work(bench: Workbench, name: string, version = "1") {
  return step({ name, version, run: (value: string) => bench.call(name, `${value} ${name}`) });
}

describe.each(KEPT)("what was accepted is on record: a run in %s", (kept) => {
  const make = (bench: Workbench, version: string) =>
    p
      .step(work(bench, "a", version))
      .human("ask", { answer: text })
      .step(take)
      .step(work(bench, "b", version));

  test("with what changed in words and the versions from then on, once", async () => {
    await using bench = new Workbench(kept);
    await bench.run(make(bench, "1"), "in");
    const told: string[] = [];
    await bench.flujo().resume(make(bench, "2"), RUN_ID, {
      onCodeChange: "continue",
      onEvent: (event) => told.push(event.family === "entry" ? event.entry.type : ""),
    });
    await bench.resume(make(bench, "2"), "continue");
    const accepted = (await bench.entries()).filter(({ type }) => type === "code-accepted");
    expect(accepted).toMatchObject([
      {
        key: "p",
        changes: ["p/a: the code of its function changed", "p/b: the code of its function changed"],
        code: { "p/a": "2", "p/b": "2" },
      },
    ]);
    expect(told).toContain("code-accepted");
  });

  test("and later code is compared with it: what came after, and what was before", async () => {
    await using bench = new Workbench(kept);
    await bench.run(make(bench, "1"), "in");
    await bench.resume(make(bench, "2"), "continue");
    await expect(bench.resume(make(bench, "3"))).rejects.toMatchObject({ code: "plan_changed" });
    await expect(bench.resume(make(bench, "1"))).rejects.toMatchObject({
      code: "plan_changed",
      details: { changes: [{ path: "p/a" }, { path: "p/b" }] },
    });
    expect(await bench.flujo().find(RUN_ID)).toMatchObject({ status: "paused", owner: null });
    expect((await bench.answer(make(bench, "1"), "yes", { onCodeChange: "continue" })).unwrap()).toBe("in a b");
  });

  test("and a run that it goes on as has that code from its beginning", async () => {
    await using bench = new Workbench(kept);
    const rounds = (version: string) =>
      p.human("ask", { answer: text }).step(
        step({
          name: "go",
          version,
          run: ({ input }: { readonly input: string }, { continueAs }): string => (input === "in" ? continueAs("again") : input),
        }),
      );
    await bench.run(rounds("1"), "in");
    expect(await bench.answer(rounds("2"), "yes", { onCodeChange: "continue" })).toMatchObject({ status: "paused", runId: `${RUN_ID}.2` });
    expect(await bench.resume(rounds("2"), "refuse", `${RUN_ID}.2`)).toMatchObject({ status: "paused" });
    await expect(bench.resume(rounds("1"), "refuse", `${RUN_ID}.2`)).rejects.toMatchObject({ code: "plan_changed" });
  });

  test("a Flujo may say it for all its runs", async () => {
    await using bench = new Workbench(kept);
    await bench.run(make(bench, "1"), "in");
    const flujo = bench.flujo({ onCodeChange: "continue" });
    expect((await flujo.answer(make(bench, "2"), RUN_ID, { value: "yes" })).unwrap()).toBe("in a b");
  });

  test("a word that nobody knows is refused", async () => {
    await using bench = new Workbench(kept);
    await bench.run(make(bench, "1"), "in");
    await expect(bench.resume(make(bench, "2"), "ignore" as "refuse")).rejects.toMatchObject({ code: "usage_invalid", details: {} });
    expect(() => bench.flujo({ onCodeChange: "ignore" as "refuse" })).toThrow("onCodeChange");
  });
});

test("a plan with a kind of node of a later version is refused in words", async () => {
  const store = memoryStore();
  const flujo = new Flujo({ state: store });
  const program = p.human("ask", { answer: text }).step(take);
  await flujo.run(program, "in", { runId: RUN_ID });
  const later = (plan: Plan): Plan =>
    JSON.parse(JSON.stringify({ ...plan, hash: "later" }).replace('"kind":"human"', '"kind":"oracle"')) as Plan;
  const ahead: JournalStore = new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(target, name);
      if (name === "planOf") return async (runId: string) => later(await target.planOf(runId));
      if (name === "findRun") return async (runId: string) => ({ ...(await target.findRun(runId)), planHash: "later" });
      return typeof own === "function" ? (own.bind(target) as unknown) : own;
    },
  });
  await expect(new Flujo({ state: ahead }).resume(program, RUN_ID)).rejects.toMatchObject({
    code: "state_newer",
    message: expect.stringContaining('a node of the kind "oracle" at p/ask'),
  });
});
