import { expect, test } from "vitest";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("ERR-1: under onError: { default } a node that has finally failed gives that value, and the failure is in the metadata", async () => {
  const program = pipeline({ name: "p" })
    .step(fails("main"), { onError: { default: "instead" } })
    .step(echo("next"));
  expect(await new Stage().run(program)).toMatchObject({
    status: "succeeded",
    output: "next instead",
    steps: [{ status: "succeeded", output: "instead", metadata: { defaulted: expect.stringContaining("main fails") } }, {}],
  });
});

test("ERR-2: a default that is a function is asked with the failure, what the node was given and the context, and never again by a resume", async () => {
  const stage = new Stage();
  const program = shared()
    .step(logs("before"))
    .step(fails("main"), {
      onError: {
        default: (
          failure: { readonly code: string },
          about: { readonly input: unknown; readonly context: { readonly log: readonly string[] } },
        ) => {
          stage.note("asked");
          return [failure.code, about.input, about.context.log.length];
        },
      },
    })
    .step(stage.door());
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ output: ["step_failed", "in", 1] });
  expect(stage.notes).toEqual(["asked", "door", "door"]);
});

test("ERR-3: it comes last: after retries and fallbacks", async () => {
  const stage = new Stage();
  const tries = (name: string) =>
    step(name, (): never => {
      stage.note(name);
      throw new Error("no");
    });
  const policy = { retry: { retries: 1, firstDelayMs: 0 }, fallback: tries("second"), onError: { default: 7 } };
  expect(await stage.run(pipeline({ name: "p" }).step(tries("main"), policy))).toMatchObject({
    output: 7,
    steps: [{ attempts: 2 }],
  });
  expect(stage.notes).toEqual(["main", "main", "second"]);
});

test("ERR-4: what the failed node wrote is lost, and what it used counts", async () => {
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "x") });
  const main = pipeline({ name: "main", context: Shared }).step(logs("lost")).step(ask).step(fails("no"));
  expect(await new Stage().run(shared().step(main, { onError: { default: 7 } }))).toMatchObject({
    output: 7,
    context: { log: [] },
    steps: [{ usage: { modelCalls: 1 } }],
  });
});

test("ERR-5: a default that throws fails the node as decision_failed", async () => {
  const broken = (): never => {
    throw new Error("no idea");
  };
  expect(await new Stage().run(pipeline({ name: "p" }).step(fails("main"), { onError: { default: broken } }))).toMatchObject({
    status: "failed",
    failure: { code: "decision_failed", message: expect.stringContaining("no idea") },
  });
});

test("ERR-6: a cancellation is never replaced", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(patient(stage, "main"), { onError: { default: 7 } }), "in", {
    runId: RUN_ID,
  });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
});
