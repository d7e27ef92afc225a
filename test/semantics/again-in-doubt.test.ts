import { expect, test } from "vitest";
import type { Entry } from "../../src/index.ts";
import { pipeline, step } from "../../src/index.ts";
import { RUN_ID, Stage, turns } from "./support/stage.ts";

const AGAIN = `${RUN_ID}-retry-2`;

test("AGAIN-19: what is in doubt beside what failed, and may not be done again, is not; a retry of that does it, with the same key", async () => {
  const stage = new Stage();
  let isBroken = true;
  const keys: string[] = [];
  const pay = step({
    name: "pay",
    effect: "once",
    inDoubt: "fail",
    run: async (value: unknown, { idempotencyKey, signal }): Promise<unknown> => {
      keys.push(idempotencyKey);
      if (isBroken) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
      return value;
    },
  });
  const program = pipeline({ name: "p" }).parallel({
    pays: pipeline().step(pay),
    breaks: pipeline()
      .step(step("turns", async (value: unknown) => (await turns(), value)))
      .step("b", (value) => {
        if (isBroken) throw new Error("b");
        return value;
      }),
  });
  expect(await stage.run(program)).toMatchObject({ failure: { code: "step_failed" } });
  isBroken = false;
  const doubtful = await stage.clock.until(stage.flujo().retry(program, RUN_ID));
  expect(doubtful).toMatchObject({ status: "failed", failure: { code: "in_doubt", path: "p/parallel/pays/pay" } });
  expect(keys).toHaveLength(1);
  expect(await stage.clock.until(stage.flujo().retry(program, AGAIN))).toMatchObject({ status: "succeeded" });
  expect(keys).toEqual([`${RUN_ID}:p/parallel/pays/pay`, `${RUN_ID}:p/parallel/pays/pay`]);
  const intents = (await stage.flujo().entries(`${RUN_ID}-retry-3`)).flatMap((entry: Entry) =>
    entry.type === "operation-intended" ? [entry.idempotencyKey] : [],
  );
  expect(intents).toEqual([`${RUN_ID}:p/parallel/pays/pay`]);
});
