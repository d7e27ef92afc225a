import { expect, test } from "vitest";
import { pipeline, saga, step } from "../../src/index.ts";
import { does, undoes } from "./support/saga.ts";
import { fails, Stage } from "./support/stage.ts";

test("SAGA-1: where the program fails, what was done in it is undone, the latest first", async () => {
  const stage = new Stage();
  const trip = pipeline({ name: "trip" })
    .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
    .step(does(stage, "hotel"), { compensate: undoes(stage, "hotel") })
    .step(fails("car"));
  expect(await stage.run(pipeline({ name: "p" }).step(saga(trip)))).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/trip/run/car" },
  });
  expect(stage.notes).toEqual([
    "flight of in",
    "hotel of flight in",
    "undo hotel: hotel flight in of flight in",
    "undo flight: flight in of in",
  ]);
});

test("SAGA-2: nothing is undone where it succeeds", async () => {
  const stage = new Stage();
  const trip = pipeline({ name: "trip" }).step(does(stage, "flight"), { compensate: undoes(stage, "flight") });
  expect(await stage.run(saga(trip))).toMatchObject({ status: "succeeded", output: "flight in" });
  expect(stage.notes).toEqual(["flight of in"]);
});
