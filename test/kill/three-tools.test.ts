import { afterAll, expect, test } from "vitest";
import { startModelServer } from "../../src/testing/index.ts";
import { Processes, resultOf } from "./child-process.ts";
import { outcomesOf } from "../laws/support/comparable.ts";
import { effectsIn, journalIn } from "./evidence.ts";
import { threeToolsScript } from "./model-script.ts";

const processes = new Processes();

afterAll(() => processes.end());

test("killed after the second of three parallel tools was recorded, it asks no model again and runs only the third tool again", {
  timeout: 60_000,
}, async () => {
  await using server = await startModelServer(threeToolsScript);
  const order = processes.order("three-tools", { program: "threeTools", env: server.env, killAfterTools: 2 });
  expect(await processes.next().obey(order)).toMatchObject({ kind: "killed", signal: "SIGKILL" });
  const atKill = outcomesOf(await journalIn(order.file, order.runId)).map(({ key }) => String(key));
  expect(atKill.toSorted()).toEqual(["worker/turn[0]", "worker/turn[0]/tool[0]", "worker/turn[0]/tool[1]"]);
  const before = effectsIn(order.effects).length;
  expect(server.requests).toHaveLength(1);

  const { result } = await resultOf(processes.next(), { ...order, verb: "resume", killAfterTools: null });
  expect(result).toMatchObject({ status: "succeeded", output: "all three are done", usage: { modelCalls: 2, toolCalls: 3 } });
  expect(effectsIn(order.effects).slice(before)).toEqual(["worker/turn[0]/tool[2]"]);
  expect(server.requests.map(({ turn }) => turn)).toEqual([0, 1]);
});
