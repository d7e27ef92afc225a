import { expect, test } from "vitest";
import { machine, pipeline } from "../../src/index.ts";
import { echo, Stage } from "./support/stage.ts";

test("MACH-1: it begins in its initial state, gives each what the one before gave, and the output says where it ended", async () => {
  const program = machine({
    name: "m",
    initial: "a",
    states: { a: echo("a"), b: echo("b") },
    on: [
      { from: "a", to: "b" },
      { from: "b", to: "done" },
    ],
    ends: ["done"],
    maxHops: 5,
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(program))).toMatchObject({
    status: "succeeded",
    output: { state: "done", output: "b a in", hops: 2 },
  });
});
