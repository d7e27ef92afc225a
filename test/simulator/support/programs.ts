import type { Sim } from "../../../src/testing/index.ts";
import { pipeline, step } from "../../../src/index.ts";

/** A step that takes its time, is counted, and fails in so large a share of its calls. Those called `b` commit an intent before. */
export function racer(sim: Sim, name: string, fails = 0) {
  return step({
    name,
    effect: name === "b" ? "once" : "none",
    inDoubt: "retry",
    run: async (_input: unknown, context) => {
      const here = sim.at(context);
      await here.latency(4, here.chance(0.5) ? context.signal : undefined); // some heed their signal, some do not
      sim.call(name, context.idempotencyKey);
      if (here.chance(fails)) throw new Error(`${name} fails`);
      return name;
    },
  });
}

/** Two branches that race, and a step after them. */
export function race(sim: Sim) {
  const program = pipeline({ name: "race" })
    .step("begin", (n: number) => n + 1)
    .parallel({ a: racer(sim, "a"), b: racer(sim, "b") })
    .step("end", ({ a, b }) => `${a}${b}`);
  return { program, input: 1 };
}
