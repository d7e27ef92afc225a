import { expect, test } from "vitest";
import { requestOf } from "../../test/providers/support/ask.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import { createModelPort } from "./model-port.ts";

test("hundreds of calls at once leave the event loop its turns between them", async () => {
  let turns = 0;
  let counting = true;
  const count = (): void => {
    turns++;
    if (counting) setImmediate(count);
  };
  const seen: number[] = [];
  const model = scriptedModel(() => {
    seen.push(turns);
    return "fine";
  });
  const port = createModelPort({ env: {} });
  setImmediate(count);
  await Promise.all(Array.from({ length: 400 }, () => port.call(requestOf({ model }))));
  counting = false;
  const perTurn = new Map<number, number>();
  for (const turn of seen) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
  expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(16);
});
