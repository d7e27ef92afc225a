import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, mcpServer, pipeline, step, tool } from "../../src/index.ts";
import type { Kept } from "./support/workbench.ts";
import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });
const take = step({ name: "take", version: "1", run: ({ input }: { readonly input: string }) => input });

function work(bench: Workbench, name: string, version = "1") {
  return step({ name, version, run: (value: string) => bench.call(name, `${value} ${name}`) });
}

/** Begins by one program, answers by another. */
async function across(kept: Kept, make: (bench: Workbench) => readonly [AnyStep, AnyStep]) {
  await using bench = new Workbench(kept);
  const [before, after] = make(bench);
  expect(await bench.run(before, "in")).toMatchObject({ status: "paused" });
  bench.called();
  const result = await bench.answer(after, "yes");
  return { output: result.unwrap(), called: bench.called(), types: (await bench.entries()).map(({ type }) => type) };
}

describe.each(KEPT)("what cannot be bound is refused, whatever is said: a run in %s", (kept) => {
  const rounds: readonly (readonly [what: string, make: (bench: Workbench) => readonly [AnyStep, AnyStep], told: object])[] = [
    [
      "a step that is gone",
      (bench) => [p.human("ask", { answer: text }).step(take).step(work(bench, "a")), p.human("ask", { answer: text }).step(take)],
      { path: "p/a", kind: "removed", says: "it is gone" },
    ],
    [
      "a step that is an agent now",
      (bench) => [
        p.human("ask", { answer: text }).step(take).step(work(bench, "a")),
        p
          .human("ask", { answer: text })
          .step(take)
          .step(agent({ name: "a", model: "offline:extract", instructions: "" })),
      ],
      { path: "p/a", kind: "changed", says: "its kind was step and is agent" },
    ],
    [
      "a step that has another name",
      (bench) => [
        p.human("ask", { answer: text }).step(take).step(work(bench, "a")),
        p.human("ask", { answer: text }).step(take).step(work(bench, "b")),
      ],
      { path: "p/a", kind: "removed", says: "it is gone" },
    ],
    [
      "a step that stands elsewhere",
      (bench) => [
        p.human("ask", { answer: text }).step(take).step(work(bench, "a")),
        p
          .human("ask", { answer: text })
          .step(take)
          .step(pipeline({ name: "deeper" }).step(work(bench, "a"))),
      ],
      { path: "p/a", kind: "removed", says: "it is gone" },
    ],
    [
      "an exit of a loop that is gone",
      (bench) => [
        p
          .human("ask", { answer: text })
          .step(take)
          .loop(work(bench, "a"), { until: () => true, maxIterations: 2 }),
        p.human("ask", { answer: text }).step(take).loop(work(bench, "a"), { maxIterations: 2 }),
      ],
      { path: "p/loop:until", kind: "code-changed", says: "what says when it is enough is gone" },
    ],
    [
      "a tool that is gone",
      () => {
        const find = tool({ name: "find", description: "Finds.", input: z.object({}), run: () => "x" });
        const say = (tools: readonly (typeof find)[]) => agent({ name: "say", model: "offline:extract", instructions: "", tools });
        return [
          p
            .human("ask", { answer: text })
            .step(take)
            .step(say([find])),
          p.human("ask", { answer: text }).step(take).step(say([])),
        ];
      },
      { path: "p/say:find", kind: "code-changed", says: "the tool is gone" },
    ],
    [
      "a tool server that is gone",
      () => {
        const server = mcpServer({ name: "files", url: "http://127.0.0.1:9/" });
        const say = (mcpServers: readonly (typeof server)[]) =>
          agent({ name: "say", model: "offline:extract", instructions: "", mcpServers });
        return [
          p
            .human("ask", { answer: text })
            .step(take)
            .step(say([server])),
          p.human("ask", { answer: text }).step(take).step(say([])),
        ];
      },
      { path: "p/say:files", kind: "removed", says: "this tool server is gone" },
    ],
    [
      "a pipeline that has another name",
      (bench) => [
        p.human("ask", { answer: text }).step(take).step(work(bench, "a")),
        pipeline({ name: "q", input: text }).human("ask", { answer: text }).step(take).step(work(bench, "a")),
      ],
      { path: "p", kind: "removed", says: "it is called q now" },
    ],
  ];

  test.each(rounds)("%s", async (_what, make, told) => {
    await using bench = new Workbench(kept);
    const [before, after] = make(bench);
    await bench.run(before, "in");
    bench.called();
    const recorded = await bench.entries();
    const refused = { code: "plan_changed", details: { changes: [told] }, remedy: expect.stringContaining("--fork") };
    await expect(bench.resume(after)).rejects.toMatchObject(refused);
    await expect(bench.resume(after, "continue")).rejects.toMatchObject(refused);
    expect(bench.called()).toEqual([]);
    expect(await bench.entries()).toEqual(recorded);
    expect(await bench.flujo().find(RUN_ID)).toMatchObject({ status: "paused", epoch: 1 });
    expect(await bench.resume(before)).toMatchObject({ status: "paused" }); // the code that began it goes on with it
    expect(await bench.resume(after, "fork")).toMatchObject({ status: "paused", runId: `${RUN_ID}-fork-2` });
  });
});

describe.each(KEPT)("only what a run has used or may still use counts: a run in %s", (kept) => {
  const choose = (bench: Workbench, version: string) =>
    p
      .branch((value) => (value === "in" ? "yes" : "no"), { yes: work(bench, "yes"), no: work(bench, "no", version) })
      .human("ask", { answer: text })
      .step(take);

  test("a branch that was not taken may change, or go", async () => {
    const { output, types } = await across(kept, (bench) => [choose(bench, "1"), choose(bench, "2")]);
    expect(output).toBe("in yes");
    expect(types).not.toContain("code-accepted");
  });

  test("a branch that is not taken in a map counts, since another item may take it", async () => {
    await using bench = new Workbench(kept);
    const each = (version: string) =>
      pipeline({ name: "each", input: text })
        .branch((value) => (value === "in" ? "yes" : "no"), { yes: work(bench, "yes"), no: work(bench, "no", version) })
        .human("ask", { answer: text });
    const make = (version: string) => p.step("list", (value: string) => [value]).map(each(version), { name: "m" });
    await bench.run(make("1"), "in");
    await expect(bench.resume(make("2"))).rejects.toMatchObject({ details: { changes: [{ path: "p/m[]/branch/no" }] } });
  });

  test("a fallback that was not needed may change once what it stands for has ended", async () => {
    const { output } = await across(kept, (bench) => {
      const make = (version: string) =>
        p
          .step(work(bench, "a"), { fallback: work(bench, "spare", version) })
          .human("ask", { answer: text })
          .step(take);
      return [make("1"), make("2")];
    });
    expect(output).toBe("in a");
  });

  test("what has ended may go, with a word: nobody will ask for it again", async () => {
    await using bench = new Workbench(kept);
    const before = p
      .step(work(bench, "old"))
      .step(pipeline({ name: "part" }).step(work(bench, "older")))
      .human("ask", { answer: text })
      .step(take);
    const after = p.human("ask", { answer: text }).step(take);
    await bench.run(before, "in");
    await expect(bench.resume(after)).rejects.toMatchObject({
      details: {
        changes: [
          { path: "p/old", says: "it is gone" },
          { path: "p/part", says: "it is gone" },
        ],
      },
    });
    expect(await bench.resume(after, "continue")).toMatchObject({ status: "paused", runId: RUN_ID });
    expect((await bench.answer(after, "yes")).unwrap()).toBe("in old older");
  });

  test("a run that was called off only ends, whatever became of its code", async () => {
    await using bench = new Workbench(kept);
    const make = (version: string) => p.step(work(bench, "a", version)).human("ask", { answer: text });
    await bench.run(make("1"), "in");
    const flujo = bench.flujo();
    await flujo.cancel(RUN_ID, "no need");
    expect(await bench.resume(make("2"))).toMatchObject({ status: "cancelled", reason: "no need" });
  });
});
