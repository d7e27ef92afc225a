import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Step } from "../../src/dsl/program.ts";
import { checkGolden } from "../../src/golden/check.ts";
import type { Golden, GoldenOperation, GoldenResponse } from "../../src/golden/golden.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { agent, pipeline, step, tool, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/scripted-model.ts";

// Programs of text, in which everything that is answered is used: what one says becomes part of what the run gives.

const text = z.string();
const all = (values: object): string => Object.values(values).join("|");

/** How a program is made: a tree of these. */
type Tree =
  | { readonly kind: "step" | "agent" | "tool" | "human" | "send" | "retry" | "fallback" }
  | { readonly kind: "sequence" | "parallel" | "map" | "loop" | "branch" | "nested"; readonly below: readonly Tree[] };

const trees = fc.letrec<{ readonly tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constantFrom("step", "agent", "tool", "human", "send", "retry", "fallback") }),
    fc.record({
      kind: fc.constantFrom("sequence", "parallel", "map", "loop", "branch", "nested"),
      below: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).tree;

const look = tool({ name: "look", description: "Looks.", input: z.object({ at: text }), run: ({ at }) => `seen ${at}` });

function line(name: string) {
  return pipeline({ name, input: text });
}

function programOf(tree: Tree, name: string): Step<string, string> {
  switch (tree.kind) {
    case "step":
      return step(name, (value: string) => `${value}.`);
    case "agent":
      return agent({ name, model: scriptedModel((call) => `said of ${call.lastUserText.length}`), instructions: "Say.", input: text });
    case "tool": {
      const model = scriptedModel((call) => (call.turn === 0 ? { calls: [{ tool: "look", input: { at: "x" } }] } : "told"));
      return agent({ name, model, instructions: "Look.", input: text, tools: [look] });
    }
    case "human":
      return line(name).human("ask", { answer: text }).step("both", all);
    case "send":
      return step({ name, effect: "once", run: (value: string) => `${value} sent` });
    case "retry":
      return step({
        name,
        retry: { retries: 2, firstDelayMs: 0 },
        run: (value: string, { attempt }) => {
          if (attempt === 1) throw new RangeError("not the first time");
          return `${value} again`;
        },
      });
    case "fallback":
      return withPolicy(
        step(name, (value: string): string => {
          if (value !== "") throw new RangeError("never");
          return value;
        }),
        { fallback: step("instead", (value: string) => `${value} instead`) },
      );
    case "sequence":
      return tree.below.reduce<ReturnType<typeof line>>((before, each, at) => before.step(programOf(each, `s${at}`)), line(name));
    default:
      return compositeOf(tree, name);
  }
}

function compositeOf(tree: Extract<Tree, { readonly below: readonly Tree[] }>, name: string): Step<string, string> {
  const below = tree.below.map((each, at) => programOf(each, `b${at}`));
  const first = below[0] as Step<string, string>;
  const branches = Object.fromEntries(below.map((each, at) => [`b${at}`, each]));
  switch (tree.kind) {
    case "parallel":
      return line(name).parallel(branches).step("join", all);
    case "map":
      return line(name)
        .step("split", (value) => [value, "2"])
        .map(first, { concurrency: 2 })
        .step("join", all);
    case "loop":
      return line(name).loop(first, { maxIterations: 2, onExhausted: "return" });
    case "branch":
      return line(name).branch(
        (value) => (value.length % 2 === 0 ? "b0" : "else"),
        { b0: first } as never,
        { default: step("else", (value: string) => `${value}?`) } as never,
      );
    default:
      return line(name).step(first);
  }
}

function record(tree: Tree): Promise<{ readonly program: AnyStep; readonly golden: Golden }> {
  const program = line("p").step(programOf(tree, "top"));
  return recordGolden(program, "in", { answers: { ask: "yes" }, redact: false }).then((golden) => ({ program, golden }));
}

/** What was answered from outside. */
function answered(golden: Golden): readonly GoldenOperation[] {
  return golden.operations.filter(
    ({ kind, name, response }) =>
      response?.status === "succeeded" && (kind === "model" || kind === "tool" || kind === "human" || (name === "top" && kind === "step")),
  );
}

function otherwise(response: GoldenResponse): GoldenResponse {
  if (response.status === "failed") return response;
  const { value } = response;
  if (typeof value === "string") return { ...response, value: `${value}~` };
  const turn = value as {
    readonly output: { readonly ok: boolean; readonly value: unknown } | null;
    readonly toolCalls: readonly { readonly input: unknown }[];
  };
  if (turn.output === null)
    return { ...response, value: { ...turn, toolCalls: turn.toolCalls.map((call) => ({ ...call, input: { at: "elsewhere" } })) } };
  return { ...response, value: { ...turn, output: { ...turn.output, value: `${String(turn.output.value)}~` } } };
}

test("what was just recorded is clean; and with one answer changed it never is", { timeout: 60_000 }, async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(trees, fc.nat(), async (tree, which) => {
      const { program, golden } = await record(tree);
      const clean = await checkGolden(program, golden, { redact: false });
      expect(clean.causes.map(({ head }) => `${head.class} ${head.path}`)).toEqual([]);
      const answers = answered(golden);
      const chosen = answers[which % Math.max(1, answers.length)];
      if (chosen === undefined) return;
      changed++;
      const operations = golden.operations.map((each) =>
        each === chosen && each.response !== null ? { ...each, response: otherwise(each.response) } : each,
      );
      expect((await checkGolden(program, { ...golden, operations }, { redact: false })).level).toBe("fail");
    }),
    { numRuns: 400 },
  );
  expect(changed).toBeGreaterThan(100);
});
