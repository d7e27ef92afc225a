import { describe as group, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../../src/dsl/program.ts";
import { checkGolden } from "../../../src/golden/check.ts";
import { describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { recordGolden } from "../../../src/golden/record.ts";
import { gate, pipeline, plugin, refine, saga, step } from "../../../src/index.ts";

// One change each: it is told first, and all that comes of it follows from it.

async function told(recorded: AnyStep, now: AnyStep, input: unknown): Promise<readonly string[]> {
  const golden = await recordGolden(recorded, input as never);
  const { causes } = await checkGolden(now, golden);
  return Promise.all(causes.map(async (cause) => plainText(await describe(cause))));
}

const pay = (minScore: number, score = 0.8): AnyStep =>
  pipeline({ name: "pay", input: z.number() })
    .step(gate({ name: "may we", judges: { small: step("small", () => ({ score })) }, minScore }))
    .step("pay", (cents) => `paid ${String(cents)}`);

group("a run that ends by itself now", () => {
  test("at a gate that is closed says so, and what is not run any more follows", async () => {
    const [text = "", ...others] = await told(pay(0.7), pay(0.9), 5);
    expect(others).toEqual([]);
    expect(text).toMatch(/^The gate "may we" is closed, which it was not when this was recorded\.\n {2}at pay\/may we\n/);
    expect(text).toContain("+ pay/may we: 0 agreed, 1 did not");
    expect(text).toContain("    pay/pay: gone\n");
  });

  test("or did so when it was recorded, and does not any more", async () => {
    const [text = "", ...others] = await told(pay(0.9), pay(0.7), 5);
    expect(others).toEqual([]);
    expect(text).toContain('The gate "may we" is not closed any more, as it was when this was recorded.');
    expect(text).toContain("    pay/pay: new\n");
  });

  test("follows from a judge that says something else", async () => {
    const [text = "", ...others] = await told(pay(0.7), pay(0.7, 0.1), 5);
    expect(others).toEqual([]);
    expect(text).toContain('The step "small" gives something else');
    expect(text).toContain("    pay/pay: gone\n    the run: another end\n");
  });

  test("where nothing comes after it, is told by its place as well", async () => {
    const alone = (minScore: number) => gate({ name: "may we", judges: { small: step("small", () => ({ score: 0.8 })) }, minScore });
    expect((await told(alone(0.7), alone(0.9), 5)).map((text) => text.split("\n", 1)[0])).toEqual([
      'The gate "may we" is closed, which it was not when this was recorded.',
    ]);
  });

  test("of any other kind is told by its name", async () => {
    const generate = step("write", (text: string, { feedback }) => (feedback === null ? text : `${text}!`));
    const critique = step("read", ({ artifact }: { readonly artifact: string }) => ({ ok: artifact.endsWith("!"), feedback: "Louder." }));
    const program = (maxIterations: number): AnyStep =>
      pipeline({ name: "p", input: z.string() })
        .step(refine({ name: "polish", generate, critique, maxIterations, onExhausted: "fail" }))
        .step("end", (text) => text);
    const [text = "", ...others] = await told(program(3), program(1), "in");
    expect(others).toEqual([]);
    expect(text).toContain('"polish" fails, which it did not when this was recorded.\n  at p/polish\n    - the run: succeeded\n');
    expect(text).toContain("    p/end: gone\n");
  });
});

test("a compensation that is another one now is told by what it undoes", async () => {
  const trip = (undo: string): AnyStep =>
    saga(
      pipeline({ name: "trip", input: z.number() })
        .step(
          step("book", (nights: number) => nights),
          { compensate: step(undo, () => undo) },
        )
        .step("fail", (nights): number => {
          throw new RangeError(`${nights} are too many`);
        }),
    );
  const [text = "", ...others] = await told(trip("release"), trip("other"), 5);
  expect(others).toEqual([]);
  expect(text).toMatch(/^"book" is undone by "other" now, and was by "release"\.\n.*\n {4}- release\n {4}\+ other\n/);
});

test("plugins that have changed places are called by their names", async () => {
  const [tone, trim] = ["tone", "trim"].map((name) => plugin(name, (text: string) => ({ solution: `${text} ${name}` })));
  if (tone === undefined || trim === undefined) throw new Error("There are no plugins.");
  const program = (isTurned: boolean): AnyStep =>
    pipeline({ name: "p", input: z.string() }).step(
      step("write", (text: string) => text),
      { plugins: isTurned ? [trim, tone] : [tone, trim] },
    );
  const [text = ""] = await told(program(false), program(true), "in");
  expect(text).toContain('The plugin "tone" and the plugin "trim" have changed places in "write".');
  expect(text).toContain("    - plugin tone, then plugin trim\n    + plugin trim, then plugin tone\n");
});
