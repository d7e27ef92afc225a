import { expect, test } from "vitest";
import { pipeline } from "../../src/index.ts";
import { echo, Stage } from "./support/stage.ts";

type Name = "a" | "b" | "c";

test("ROUTE-1: the branches that are named are given the value, and the output has what each gave, under its name and in declared order", async () => {
  const program = pipeline({ name: "p" }).route((): Name[] => ["c", "a"], { a: echo("a"), b: echo("b"), c: echo("c") }, { name: "r" });
  const result = await new Stage().run(program);
  expect(result).toMatchObject({ status: "succeeded", output: { a: "a in", c: "c in" } });
  expect(Object.keys(result.unwrap() as object)).toEqual(["a", "c"]);
});
