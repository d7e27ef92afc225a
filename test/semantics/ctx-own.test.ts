import { expect, test } from "vitest";
import { z } from "zod";
import { context, pipeline, reducer, step } from "../../src/index.ts";
import { Stage } from "./support/stage.ts";

/** A field that becomes something else by each contribution, so that order and base are seen in it. */
const written = reducer((before: string, contribution: number) => `${before}(${contribution})`);

const Desk = context(z.object({ total: z.string().max(40).default("0"), who: z.string().default("Ann") }), { total: written });
const desk = () => pipeline({ name: "p", context: Desk });
const gives = (name: string, ...contributions: readonly number[]) =>
  step({
    name,
    context: Desk,
    run: (_: unknown, { context: seen, contribute }) => {
      for (const each of contributions) contribute("total", each);
      return seen.total;
    },
  });

test("CTX-9: a field with a reducer of the author's own becomes what that makes of each contribution, and the step sees it at once", async () => {
  const sees = step({
    name: "sees",
    context: Desk,
    run: (_: unknown, about) => {
      about.contribute("total", 3);
      return about.context.total;
    },
  });
  const program = desk()
    .step(gives("a", 1, 2))
    .step(sees);
  expect(await new Stage().run(program)).toMatchObject({ output: "0(1)(2)(3)", context: { total: "0(1)(2)(3)" } });
});

test("CTX-10: where several contribute at the same time, the reducer is asked anew, in the order in which they are declared", async () => {
  const program = desk()
    .step(gives("before", 1))
    .parallel({ a: gives("a", 2, 3), b: gives("b"), c: pipeline().step(gives("c", 4)).step(gives("d", 5)) })
    .step("after", (_, { context: seen }) => seen.total);
  expect(await new Stage().run(program)).toMatchObject({ output: "0(1)(2)(3)(4)(5)" });
});
