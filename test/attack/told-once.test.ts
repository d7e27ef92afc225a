import { expect, test } from "vitest";
import { Flujo, pipeline, step, withPolicy } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";

test("a failure handler that has done its work is not told again because the process died in what comes after it", async () => {
  const inner = memoryStore();
  const told: string[] = [];
  let asked = Promise.withResolvers<void>();
  let isFirst = true;
  const program = pipeline({ name: "p" }).step(
    withPolicy(
      step("pay", (): string => {
        throw new Error("declined");
      }),
      {
        onFailure: async ({ message }) => {
          await Promise.resolve();
          told.push(message);
        },
        onError: {
          default: async () => {
            asked.resolve();
            if (isFirst) await new Promise<never>(() => undefined);
            return "nothing paid";
          },
        },
      },
    ),
  );
  const first = new Flujo({ state: crashingStore(inner, null).store }); // never closed: its process is gone
  first.run(program, "order", { runId: "run-1" }).catch(() => undefined);
  await asked.promise;
  await new Promise(setImmediate);
  isFirst = false;
  asked = Promise.withResolvers<void>();
  const second = new Flujo({ state: crashingStore(inner, null).store });
  expect(await second.resume(program, "run-1")).toMatchObject({ status: "succeeded", output: "nothing paid" });
  expect(told).toHaveLength(1);
  await second.close();
});
