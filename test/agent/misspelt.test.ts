import { describe, expect, test } from "vitest";
import { agent, Flujo, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";

const shout = step("shout", (text: string) => text.toUpperCase());

describe("an option that nobody knows is refused, with what was meant", () => {
  test("of a Flujo: a misspelt state would be none", () => {
    expect(() => new Flujo({ stat: "sqlite:x.db" } as never)).toThrow('There is no option "stat" of a Flujo. Did you mean "state"?');
    expect(() => new Flujo("sqlite:x.db" as never)).toThrow('The options of a Flujo are "sqlite:x.db".');
  });

  test("of a run", async () => {
    await using flujo = new Flujo();
    await expect(flujo.run(shout, "in", { runid: "r" } as never)).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining('There is no option "runid" of a run. Did you mean "runId"?'),
    });
  });

  test("a thread that no agent heeds", async () => {
    await using flujo = new Flujo();
    const deaf = agent({ name: "deaf", model: scriptedModel(["never"]), instructions: "" });
    await expect(flujo.run(deaf, "in", { thread: "t" })).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining('No agent of "deaf" takes part in a thread'),
    });
  });
});
