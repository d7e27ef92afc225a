import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compile } from "../plan/compile.ts";
import { agent, cached, definitionOf, pipeline, step } from "./index.ts";

const measure = step("measure", (text: string) => text.length);

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return String(error);
  }
  return "nothing";
}

describe("what cannot be kept is refused", () => {
  test.each([
    ["options that are none", () => cached(measure, "1 hour" as never), "its options are"],
    ["an option that there is not", () => cached(measure, { tll: 1 } as never), 'there is no option "tll"'],
    ["a ttl that is no time", () => cached(measure, { ttl: "1 houre" }), 'ttl is "1 houre". That is no time: give words like'],
    ["what is no program", () => cached(7 as never, {} as never), "is not a program"],
  ])("when it is made: %s", (_what, make, says) => {
    expect(refusal(make)).toContain(says);
  });

  const inThread = agent({ name: "a", model: "offline:text", instructions: "", history: { keep: "whole" } });
  test.each([
    ["a ttl of nothing", () => cached(measure, { ttl: 0 }), "ttl is 0"],
    ["reads that are no list", () => cached(measure, { reads: "language" } as never), "reads is"],
    ["a field of a context that there is not", () => cached(measure, { reads: ["language"] } as never), "a context that there is not"],
    ["a key that is no function", () => cached(measure, { key: "id" } as never), "key is"],
    ["a backend that is none", () => cached(measure, { backend: { name: "x" } } as never), "backend is an object"],
    ["an agent that takes part in a thread", () => cached(pipeline().step(inThread)), "takes part in a thread"],
  ])("when it is compiled: %s", (_what, make, says) => {
    expect(refusal(() => compile(definitionOf(pipeline({ name: "p" }).step(make() as never))))).toContain(says);
  });
});

test("the plan says what is kept, for how long and by what; the same program has the same mark wherever it stands", () => {
  const Shop = z.object({ language: z.string(), visits: z.number() });
  const greet = step({ name: "greet", context: Shop, run: (name: string) => name });
  const kept = cached(greet, { reads: ["visits", "language", "visits"], ttl: "1 minute", name: "kept" });
  const { plan } = compile(definitionOf(pipeline({ name: "p", context: Shop }).step(kept).parallel({ again: kept })));
  const { root } = plan;
  if (root.kind !== "sequence") throw new Error("It is a sequence.");
  const [first, second] = root.children;
  expect(first).toMatchObject({
    kind: "cache",
    name: "kept",
    path: "p/kept",
    ttlMs: 60_000,
    reads: ["language", "visits"],
    decidesKey: false,
    child: { path: "p/kept/run" },
  });
  if (first?.kind !== "cache" || second?.kind !== "parallel" || second.branches[0]?.kind !== "cache") throw new Error("They are caches.");
  expect(second.branches[0].contents).toBe(first.contents);
  expect(plan.code["p/kept:program"]).toBe(plan.code["p/parallel/again:program"]);
});
