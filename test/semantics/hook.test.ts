import { expect, test } from "vitest";
import { z } from "zod";
import type { Failure } from "../../src/index.ts";
import { pipeline, step } from "../../src/index.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const tells = (stage: Stage) => ({
  onFailure: ({ code, path }: Failure, { input }: { readonly input: unknown }): void =>
    stage.note(`${code} at ${path} of ${String(input)}`),
});

test("HOOK-1: onFailure is told once of a node that has finally failed, after retries and fallbacks, and the failure stays the node's", async () => {
  const stage = new Stage();
  const main = step("main", (): never => {
    stage.note("main");
    throw new Error("no");
  });
  const policy = { ...tells(stage), retry: { retries: 1, firstDelayMs: 0 }, fallback: fails("second") };
  expect(await stage.run(pipeline({ name: "p" }).step(main, policy))).toMatchObject({
    status: "failed",
    failure: { path: "p/main/fallback" },
  });
  expect(stage.notes).toEqual(["main", "main", "step_failed at p/main/fallback of in"]);
});

test("HOOK-2: it is not told where an attempt or a fallback succeeds, nor of a cancellation", async () => {
  const stage = new Stage();
  await stage.run(pipeline({ name: "p" }).step(fails("main"), { ...tells(stage), fallback: echo("second") }));
  const other = new Stage();
  const flujo = other.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(patient(other, "main"), tells(stage)), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual([]);
});

test("HOOK-3: it is told before a default takes the failure's place", async () => {
  const stage = new Stage();
  const instead = (): string => {
    stage.note("default");
    return "instead";
  };
  expect(await stage.run(pipeline({ name: "p" }).step(fails("main"), { ...tells(stage), onError: { default: instead } }))).toMatchObject({
    output: "instead",
  });
  expect(stage.notes).toEqual(["step_failed at p/main of in", "default"]);
});

test("HOOK-4: where it throws, the failure stays and says so", async () => {
  const onFailure = (): never => {
    throw new Error("pager is down");
  };
  expect(await new Stage().run(pipeline({ name: "p" }).step(fails("main"), { onFailure }))).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", message: expect.stringMatching(/main fails.*pager is down/) },
  });
});

test("HOOK-5: what led to it is on record before it is told, and it is told by no resume again", async () => {
  const stage = new Stage();
  let onRecord: readonly string[] = [];
  const onFailure = async (): Promise<void> => {
    stage.note("told");
    onRecord = (await stage.store.entries({ runId: RUN_ID })).map(({ type, key }) => `${type} ${key}`);
  };
  const program = pipeline({ name: "p" })
    .step(fails("main"), { onFailure, onError: { default: 1 } })
    .human("ask", { answer: z.string() });
  await stage.run(program);
  expect(onRecord).toContain("operation-finished p/main");
  await stage.answer(program, "yes");
  expect(stage.notes).toEqual(["told"]);
});
