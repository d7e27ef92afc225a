import { z } from "zod";
import type { AnyStep } from "../../../src/index.ts";
import { pipeline, step } from "../../../src/index.ts";
import type { Workbench } from "./workbench.ts";

/** Notes a call, and gives back what it is given. */
export type Call = Workbench["call"];

/** One piece of code that a run is bound to, where it stands, and what depends on it. */
export interface Piece {
  readonly what: string;
  /** A program of one member with that piece, in one of its two versions. Its member is called `x`. */
  readonly make: (version: 1 | 2, call: Call) => AnyStep;
  /** What is told of it, after the path of the program: `x:key`. */
  readonly at: string;
  readonly says: string;
  /** What the program calls, from its beginning to its end. */
  readonly calls: readonly string[];
  /** What of that a fork calls again when all of it had been called: the piece itself, and what comes after. */
  readonly again: readonly string[];
}

export const text = z.string();
export const inner = (name = "part") => pipeline({ name, input: text });

export const work = (name: string, call: Call, version = "1") => step({ name, version, run: (value: string) => call(name, value) });

/** A function whose source text is another one in each version. */
export function either<A, B>(version: 1 | 2, first: A, second: B): A | B {
  return version === 1 ? first : second;
}

const failing = (call: Call) =>
  step({
    name: "x",
    version: "1",
    run: (): string => {
      call("x", null);
      throw new RangeError("no");
    },
  });

const context = z.object({ n: z.number().default(1) });

export const PIECES: readonly Piece[] = [
  {
    what: "the function of a step",
    make: (version, call) => inner().step(work("x", call, String(version))),
    at: "x",
    says: "the code of its function changed",
    calls: ["x"],
    again: ["x"],
  },
  {
    what: "the schema of a step's output",
    make: (version, call) =>
      inner().step(step({ name: "x", version: "1", output: version === 1 ? text : text.min(1), run: (value: string) => call("x", value) })),
    at: "x",
    says: "the schema of its output changed",
    calls: ["x"],
    again: ["x"],
  },
  {
    what: "the selector of a branch",
    make: (version, call) =>
      inner().branch(
        either(
          version,
          (): "a" => call("key", "a"),
          (): "a" => (call("key", 0), "a"),
        ),
        { a: work("a", call) },
        { name: "x" },
      ),
    at: "x:key",
    says: "the code of its selector changed",
    calls: ["key", "a"],
    again: ["key", "a"],
  },
  {
    what: "the exit of a loop",
    make: (version, call) =>
      inner().loop(work("body", call), {
        name: "x",
        maxIterations: 9,
        until: either(
          version,
          (_: string, { iteration }: { iteration: number }) => call("until", iteration === 1),
          (_: string, about: { iteration: number }) => call("until", about.iteration >= 1),
        ),
      }),
    at: "x:until",
    says: "the code of what says when it is enough changed",
    calls: ["body", "until", "body", "until"],
    again: ["until", "body", "until"],
  },
  {
    what: "what makes the next input of a loop",
    make: (version, call) =>
      inner().loop(work("body", call), {
        name: "x",
        maxIterations: 2,
        next: either(
          version,
          (value: string) => call("next", value),
          (value: string) => call("next", value.slice()),
        ),
      }),
    at: "x:next",
    says: "the code of what makes its next input changed",
    calls: ["body", "next", "body"],
    again: ["next", "body"],
  },
  {
    what: "what makes the output of a loop",
    make: (version, call) =>
      inner().loop(work("body", call), {
        name: "x",
        maxIterations: 1,
        output: either(
          version,
          (value: string) => call("output", value),
          (value: string) => call("output", value.slice()),
        ),
      }),
    at: "x:output",
    says: "the code of what makes its output changed",
    calls: ["body", "output"],
    again: ["output"],
  },
  {
    what: "the function that says how long it sleeps",
    make: (version, call) =>
      inner().sleep(
        "x",
        either(
          version,
          () => call("wake", 0),
          () => (call("wake", null), 0),
        ),
      ),
    at: "x:wake",
    says: "the code of what says when it goes on changed",
    calls: ["wake"],
    again: ["wake"],
  },
  {
    what: "a validator",
    make: (version, call) =>
      inner().step(work("x", call), {
        validate: {
          name: "fit",
          check: either(
            version,
            () => call("check", true),
            () => (call("check", null), true),
          ),
        },
      }),
    at: "x:validate fit",
    says: "the code of its validator fit changed",
    calls: ["x", "check"],
    again: ["check"],
  },
  {
    what: "what says whether it is tried again",
    make: (version, call) =>
      inner().step(failing(call), {
        retries: 1,
        retryOn: either(
          version,
          () => call("retryOn", false),
          () => (call("retryOn", null), false),
        ),
        onError: { default: "none" },
      }),
    at: "x:retryOn",
    says: "the code of what says whether it is tried again changed",
    calls: ["x", "retryOn"],
    again: ["retryOn"],
  },
  {
    what: "what is told of a failure",
    make: (version, call) =>
      inner().step(failing(call), {
        onFailure: either(
          version,
          () => call("failed", null),
          () => (call("failed", 0), null),
        ),
        onError: { default: "none" },
      }),
    at: "x:failed",
    says: "the code of what is told of its failure changed",
    calls: ["x", "failed"],
    again: ["failed"],
  },
  {
    what: "what is given in place of a failure",
    make: (version, call) =>
      inner().step(failing(call), {
        onError: {
          default: either(
            version,
            () => call("default", "none"),
            () => (call("default", 0), "none"),
          ),
        },
      }),
    at: "x:default",
    says: "the code of what it gives when it fails changed",
    calls: ["x", "default"],
    again: ["default"],
  },
  {
    what: "the step of a fallback",
    make: (version, call) => inner().step(failing(call), { fallback: work("spare", call, String(version)) }),
    at: "x/fallback",
    says: "the code of its function changed",
    calls: ["x", "spare"],
    again: ["spare"],
  },
  {
    what: "what makes the context of a nested pipeline",
    make: (version, call) => {
      const deep = pipeline({ name: "x", input: text, context }).step(work("deep", call));
      return pipeline({ name: "part", input: text, context }).step(deep, {
        context: {
          in: either(
            version,
            () => call("in", { n: 2 }),
            () => (call("in", 0), { n: 2 }),
          ),
        },
      });
    },
    at: "x:in",
    says: "the code of what makes its context changed",
    calls: ["in", "deep"],
    again: ["in", "deep"],
  },
  {
    what: "what a nested pipeline sets of the context around it",
    make: (version, call) => {
      const deep = pipeline({ name: "x", input: text, context }).step(work("deep", call));
      return pipeline({ name: "part", input: text, context }).step(deep, {
        context: {
          in: () => ({ n: 2 }),
          out: either(
            version,
            () => call("out", { n: 3 }),
            () => (call("out", 0), { n: 3 }),
          ),
        },
      });
    },
    at: "x:out",
    says: "the code of what it sets of the outer context changed",
    calls: ["deep", "out"],
    again: ["out"],
  },
  {
    what: "a tap",
    make: (version, call) =>
      inner()
        .tap(work("look", call, String(version)), { name: "x" })
        .step(work("after", call)),
    at: "x/run",
    says: "the code of its function changed",
    calls: ["look", "after"],
    again: ["look", "after"],
  },
  {
    what: "what a map does with each item",
    make: (version, call) =>
      inner()
        .step("list", (value: string) => [value, value])
        .map(work("each", call, String(version)), { name: "x" })
        .step("join", (all: readonly string[]) => all.join("")),
    at: "x[]",
    says: "the code of its function changed",
    calls: ["each", "each"],
    again: ["each", "each"],
  },
  {
    what: "one branch of a parallel",
    make: (version, call) =>
      inner()
        .parallel({ left: work("left", call, String(version)), right: work("right", call) }, { name: "x" })
        .step("join", ({ left }: { readonly left: string }) => left),
    at: "x/left",
    says: "the code of its function changed",
    calls: ["left", "right"],
    again: ["left"],
  },
];
