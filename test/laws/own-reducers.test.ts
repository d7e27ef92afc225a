import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, cached, context, pipeline, reducer, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const Way = context(z.object({ way: z.string().default("0") }), {
  way: reducer((before: string, name: string) => `(${before}${name})`),
});
const goes = (name: string) => step({ name, context: Way, run: (_: unknown, { contribute }) => contribute("way", name) });
const own = pipeline({ name: "own", context: Way }).parallel({ a: goes("x"), b: goes("y") });

/** All the ways in which something comes to such a field: alone, at the same time, by tools, caches, mappings and sinks, round and round. */
function everything() {
  const use = (name: string) => asTool(pipeline({ context: Way }).step(goes(name)), { name, description: "Goes.", input: z.object({}) });
  const turn = {
    calls: [
      { tool: "s", input: {} },
      { tool: "t", input: {} },
    ],
  };
  const model = scriptedModel(({ turn: at }) => (at === 0 ? turn : "done"));
  const last = step("last", () => "z");
  const kept = cached(goes("c"), { reads: [] });
  return pipeline({ name: "p", input: z.string(), context: Way })
    .step(goes("a"))
    .parallel({ b: goes("b"), d: pipeline().step(goes("d")).step(goes("e")) })
    .step("three", () => [1, 2, 3])
    .map(pipeline({ context: Way }).parallel({ f: goes("f"), g: kept }), { concurrency: 2 })
    .step(agent({ name: "asks", model, instructions: "Go.", tools: [use("s"), use("t")] }))
    .step(last, { sinkTo: "way" })
    .step(own, { context: { in: () => ({}), out: ({ way }) => ({ way }) } })
    .loop(goes("r"), { maxIterations: 2 })
    .step("end", (_, { context: seen }) => seen.way);
}

test("whenever the process dies, a field with a reducer of the author's own is what it is without that", async () => {
  const whole = await new Lab().flujo().run(everything(), "in", RUN);
  expect(whole).toMatchObject({ status: "succeeded" });
  const contributed = (text: string): string => text.replaceAll(/[()]/g, "");
  expect(contributed(whole.status === "succeeded" ? whole.output : "")).toBe("0abdefcfcfcstz0xyrr");
  let deaths = 0;
  for (let lastCommit = 0; ; lastCommit++) {
    const lab = new Lab();
    const { flujo, crashed } = lab.doomed(lastCommit);
    const ended = await Promise.race([crashed, flujo.run(everything(), "in", RUN)]);
    if (ended !== "crashed") break;
    deaths++;
    const resumed = await lab.flujo().resume(everything(), RUN.runId);
    expect(resumed, `died after commit ${lastCommit}`).toMatchObject({
      status: "succeeded",
      context: whole.context,
      output: whole.status === "succeeded" ? whole.output : null,
    });
  }
  expect(deaths).toBeGreaterThan(15);
});
