import { z } from "zod";
import { agent, asTool, cached, context, pipeline, reducer, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Programs that contribute to a field by a function of their own.

const Way = context(z.object({ way: z.string().default("0") }), {
  way: reducer((before: string, by: number) => `(${before}+${by})`),
});
const way = () => pipeline({ name: "p", input: z.string(), context: Way });

function adds(name: string, ...contributions: readonly number[]) {
  return step({
    name,
    context: Way,
    run: (_: unknown, { contribute }) => {
      for (const each of contributions) contribute("way", each);
    },
  });
}

export const CONTRIBUTING_SHAPES = {
  "contributions by a function of one s own": (): Shape => ({
    program: way()
      .step(adds("a", 1, 2))
      .parallel({ b: adds("b", 3), c: pipeline().step(adds("c", 4)).step(adds("d", 5)), e: adds("e") }),
  }),
  "contributions of tools a sink a cache and a program of its own": (): Shape => {
    const give = (name: string, by: number) =>
      asTool(pipeline({ context: Way }).step(adds(name, by)), { name, description: "Adds.", input: z.object({}) });
    const turn = ["one", "two"].map((tool) => ({ tool, input: {} }));
    const model = scriptedModel([{ calls: turn }, "done"]);
    const kept = cached(adds("kept", 4), { reads: [] });
    const own = pipeline({ name: "own", context: Way }).step(adds("inside", 6));
    const five = step("five", () => 5);
    return {
      program: way()
        .step(agent({ name: "asks", model, instructions: "Add.", tools: [give("one", 1), give("two", 2)] }))
        .step(kept)
        .step(five, { sinkTo: "way" })
        .step(own, { context: { in: () => ({}), out: ({ way: made }) => ({ way: made.length }) } }),
    };
  },
  "contributions that a function does not take": (): Shape => {
    const Small = context(z.object({ sum: z.number().default(0) }), {
      sum: reducer((before: number, by: number) => {
        if (before + by > 5) throw new RangeError(`${before} and ${by} are too much`);
        return before + by;
      }),
    });
    const small = (name: string, by: number) => step({ name, context: Small, run: (_: unknown, { contribute }) => contribute("sum", by) });
    const program = pipeline({ name: "p", input: z.string(), context: Small });
    return { program: program.step(small("a", 6), { onError: { default: null } }).parallel({ b: small("b", 2), c: small("c", 4) }) };
  },
};
