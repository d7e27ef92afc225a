import { expect, test } from "vitest";
import { pipeline, step } from "../../src/index.ts";
import { Shared, shared } from "./support/context.ts";
import { fails, RUN_ID, Stage } from "./support/stage.ts";

/** Counts up to three, each in a run of its own. */
const counting = shared().step(
  step({
    name: "again",
    context: Shared,
    run: (n: number, { continueAs, contribute }) => {
      contribute("log", "round");
      return n < 3 ? continueAs(n + 1) : `counted to ${n}`;
    },
  }),
);

test("CONT-1, CONT-2: continueAs ends the run as succeeded, and a run of the same line begins with that input; who waits is given the last one's result", async () => {
  const stage = new Stage();
  const result = await stage.run(counting, 1);
  expect(result).toMatchObject({ status: "succeeded", output: "counted to 3", runId: `${RUN_ID}.3` });
  expect(await stage.flujo().result(RUN_ID)).toMatchObject({ status: "succeeded", continuedAs: `${RUN_ID}.2` });
  expect(await stage.flujo().find(`${RUN_ID}.3`)).toMatchObject({ lineage: { root: RUN_ID, parent: `${RUN_ID}.2`, how: "continued" } });
});

test("CONT-3: the next run begins with the context as it is there", async () => {
  const stage = new Stage();
  expect(await stage.run(counting, 1)).toMatchObject({ context: { log: ["round", "round", "round"] } });
});

test("CONT-4: nothing catches it: no retry, no fallback, no default, no collecting map, and no failure handler is told of it", async () => {
  const stage = new Stage();
  const again = step("again", (n: number, { continueAs }) => {
    stage.note(`run ${n}`);
    return n < 2 ? continueAs(n + 1) : n;
  });
  const guarded = pipeline({ name: "p" })
    .step("list", (n: number) => [n])
    .map(
      pipeline().step(again, {
        retry: { retries: 2, firstDelayMs: 0 },
        fallback: fails("never"),
        onFailure: () => stage.note("told"),
        onError: { default: 9 },
      }),
      { onFailure: "collect" },
    );
  expect(await stage.run(guarded, 1)).toMatchObject({ status: "succeeded", output: [{ status: "succeeded", output: 2 }] });
  expect(stage.notes).toEqual(["run 1", "run 2"]);
});
