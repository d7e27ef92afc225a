import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/dsl/program.ts";
import { checkGolden } from "../../src/golden/check.ts";
import { describe as describeCause } from "../../src/golden/drift/describe.ts";
import { plainText } from "../../src/golden/drift/description.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/scripted-model.ts";

// A desk that answers a customer, and what six changes of it look like to its golden.

const Notes = z.object({ area: z.string().default("") });

interface Desk {
  readonly wording?: string;
  readonly addsFee?: boolean;
  readonly letter?: (text: string) => string;
  readonly isSwapped?: boolean;
  readonly forgetsArea?: boolean;
  readonly asksTwice?: boolean;
  readonly asksNobody?: boolean;
}

function desk({
  wording = "Say what it is about.",
  addsFee,
  letter = (text) => `Dear model: ${text}`,
  isSwapped,
  forgetsArea,
  asksTwice,
  asksNobody,
}: Desk = {}): AnyStep {
  const trim = step("trim", (text: string) => text.trim());
  const quote = step("quote", (text: string) => `"${text}"`);
  const classify = agent({
    name: "classify",
    model: scriptedModel(() => "billing"),
    instructions: wording,
    input: z.string().transform(letter),
  });
  const note = step({
    name: "note",
    context: Notes,
    run: (area: string, { update }) => {
      if (forgetsArea !== true)
        update((draft) => {
          draft.area = area;
        });
      return area;
    },
  });
  const look = tool({
    name: "lookUp",
    description: "Looks up an account.",
    input: z.object({ of: z.string() }),
    effect: "idempotent",
    run: ({ of }) => `account of ${of}`,
  });
  const refund = tool({
    name: "refund",
    description: "Refunds a customer.",
    input: z.object({ cents: z.number() }).transform(({ cents }) => ({ cents: addsFee === true ? cents + 30 : cents })),
    effect: "once",
    needsApproval: asksNobody !== true,
    run: ({ cents }) => cents,
  });
  const calls = [{ calls: [{ tool: "refund", input: { cents: 1_900 } }] }, "Refunded."];
  const solve = agent({ name: "solve", model: scriptedModel(calls), instructions: "Solve it.", input: z.string(), tools: [look, refund] });
  const fetchAccount = step({ name: "account", effect: "idempotent", run: (area: string) => `account, ${area}` });
  const begin = pipeline({ name: "desk", input: z.string(), context: Notes });
  const read = isSwapped === true ? begin.step(quote).step(trim) : begin.step(trim).step(quote);
  const sorted = read.step(classify).step(note);
  const again = agent({ name: "confirm", model: scriptedModel(() => "billing"), instructions: "Confirm it.", input: z.string() });
  const confirmed = asksTwice === true ? sorted.step(again) : sorted;
  return confirmed
    .step("question", (area) => area)
    .step(fetchAccount)
    .step(solve);
}

const input = "  charged twice ";

test.each<[string, string, Desk]>([
  ["a re-worded prompt", "request", { wording: "Say in one word what it is about." }],
  ["a prompt that a schema words otherwise", "request", { letter: (text) => `Dear friend: ${text}` }],
  ["changed arguments of a tool", "request", { addsFee: true }],
  ["two steps swapped", "order", { isSwapped: true }],
  ["a lost write to the context", "context", { forgetsArea: true }],
  ["an extra model call with the same output", "added", { asksTwice: true }],
  ["a removed approval", "missing", { asksNobody: true }],
])("%s is one cause, of the class %s", async (_name, wanted, patch) => {
  const golden = await recordGolden(desk(), input as never, { answers: { refund: { decision: "approve" } } });
  expect((await checkGolden(desk(), golden)).level).toBe("clean");
  const { level, causes } = await checkGolden(desk(patch), golden);
  expect(level).toBe("fail");
  expect(causes.map(({ head }) => head.class)).toEqual([wanted]);
  const [cause] = causes;
  if (cause === undefined) throw new Error("There is no cause.");
  expect(plainText(await describeCause(cause, { file: "goldens/desk/charged-twice.golden.yaml" }))).toMatchSnapshot();
});
