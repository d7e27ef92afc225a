import { expect, test } from "vitest";
import { compile } from "../plan/compile.ts";
import { background, definitionOf, pipeline, step } from "./index.ts";

const measure = step("measure", (text: string) => text.length);

test.each([
  ["what is no program", () => background(7 as never), "is not a program"],
  ["options that are none", () => background(measure, "mail" as never), "its options are"],
  ["an option that there is not", () => background(measure, { runId: "x" } as never), 'there is no option "runId"'],
  ["a program without a name", () => background(pipeline().step(measure)), "its program has no name"],
])("%s is refused", (_what, make, says) => {
  expect(make).toThrow(expect.objectContaining({ code: "pipeline_invalid", message: expect.stringContaining(says) }));
});

test("its program has a plan of its own, named as its runs are, and what is in it is nothing of the plan around", () => {
  const { plan, bindings } = compile(definitionOf(pipeline({ name: "p" }).step(background(pipeline().step(measure), { name: "mail" }))));
  expect(plan.root).toMatchObject({ children: [{ kind: "background", name: "mail", starts: { name: "mail", root: { path: "mail" } } }] });
  expect(plan.code).toEqual({});
  const [started] = [...bindings.background.values()];
  expect(started?.plan.code).toEqual({ "mail/measure": expect.any(String) });
});
