import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { goldenOf, replayed } from "./support/golden-of.ts";

test("a golden of a run that was retried is the run as a whole, and the same as if nothing had failed", async () => {
  let isBroken = true;
  const make = () =>
    pipeline({ name: "p", input: z.string() })
      .step(agent({ name: "say", model: scriptedModel(() => "hello"), instructions: "Greet." }))
      .step(
        step({
          name: "send",
          effect: "once",
          run: (text: string) => {
            if (isBroken) throw new Error("down");
            return `sent ${text}`;
          },
        }),
      )
      .step("end", (text) => text.length);
  const store = memoryStore();
  const flujo = new Flujo({ state: store });
  await flujo.run(make(), "Ada", { runId: "r" });
  isBroken = false;
  const retried = await flujo.retry(make(), "r");
  const undisturbed = await flujo.run(make(), "Ada", { runId: "whole" });
  const golden = await goldenOf(store, retried.runId, retried.context);
  expect(golden).toEqual(await goldenOf(store, "whole", undisturbed.context));
  expect(golden.operations.map(({ path }) => path)).toEqual(["p/say/turn[0]", "p/send", "p/end"]);
  const again = await replayed(make(), golden);
  expect({ operations: again.operations, result: again.result }).toEqual({ operations: golden.operations, result: golden.result });
});
