import fc from "fast-check";
import { describe as group, expect, test } from "vitest";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { causeToJson, describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { sameValue } from "../../../src/golden/drift/same-value.ts";
import { shownValue } from "../../../src/golden/drift/shown-value.ts";
import type { Golden, GoldenTool } from "../../../src/golden/golden.ts";
import { agent, golden, nodePath, operation, step, succeeded } from "./support/build.ts";

async function firstOf(recorded: Golden, now: Golden, file?: string) {
  const [cause, ...others] = findCauses(compareGoldens(recorded, now));
  if (cause === undefined) throw new Error("There is no cause.");
  const description = await describe(cause, file === undefined ? {} : { file });
  return { cause, others, description, text: plainText(description), json: causeToJson(cause, description) };
}

async function differenceBetween(was: unknown, is: unknown): Promise<readonly string[]> {
  const of = (output: unknown): Golden => golden({ operations: [step("p/a", 1, output)] });
  return (await firstOf(of(was), of(is))).text.match(/(?<=^ {4})[-+] .*/gm) ?? [];
}

group("what is gone is shown as well as what is new", () => {
  test.each<[string, unknown, unknown, readonly string[]]>([
    ["an object in a field", { o: { x: 1 }, n: 1 }, { n: 1 }, ["- o: { x: 1 }"]],
    ["an empty list in a field", { o: [], n: 1 }, { n: 1 }, ["- o: []"]],
    ["the last item of a list", [{ a: 1 }, { a: 2 }], [{ a: 1 }], ["- [1]: { a: 2 }"]],
    ["all items of a list", [{ a: 1 }, { a: 2 }], [], ["- [0]: { a: 1 }", "- [1]: { a: 2 }"]],
    ["a field that has another name now", { was: { t: 1 } }, { is: { t: 1 } }, ["- was: { t: 1 }", "+ is: { t: 1 }"]],
    ["a field with nothing in it", { a: undefined, b: 1 }, { b: 1 }, ["- { a: nothing, b: 1 }", "+ { b: 1 }"]],
  ])("%s", async (_name, was, is, lines) => {
    expect(await differenceBetween(was, is)).toEqual(lines);
    const swapped = (line: string): string => (line.startsWith("-") ? "+" : "-") + line.slice(1);
    expect((await differenceBetween(is, was)).toSorted()).toEqual(lines.map(swapped).toSorted());
  });

  test("whatever the two values are, something of the difference is shown, for programs too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.boolean(), async (one, is, isGone) => {
        const was = isGone ? { is, one } : one;
        fc.pre(!sameValue(was, is));
        const of = (output: unknown): Golden => golden({ operations: [step("p/a", 1, output)] });
        const { json } = await firstOf(of(was), of(isGone ? { is } : is));
        const shown = (json as { readonly difference: readonly { readonly kind: string }[] }).difference.map(({ kind }) => kind);
        expect(shown.some((kind) => kind === "recorded" || kind === "now")).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("a value of which there is no room to show a field says how many there are", () => {
    const text = "x".repeat(104);
    expect(shownValue({ text, in: { a: 1, b: 2 } })).toBe(`{ text: "${text}", in: {… 2 fields} }`);
    expect(shownValue({ text, in: [1, 2] })).toBe(`{ text: "${text}", in: [… 2 items] }`);
  });
});

group("tools", () => {
  const balanceOf: GoldenTool = {
    name: "balanceOf",
    description: "Balance.",
    inputSchema: { properties: { employee: { type: "string" } }, required: ["employee"] },
  };
  const holidays: GoldenTool = { name: "holidays", description: "Holidays.", inputSchema: { properties: { year: { type: "number" } } } };
  const having = (...tools: readonly GoldenTool[]): Golden =>
    golden({
      agents: { [nodePath("p/read")]: agent({ tools }) },
      operations: [operation("model", "p/read/turn[0]", { request: { added: [] }, response: succeeded("x") })],
    });
  const lines = (text: string): readonly string[] => text.match(/(?<=^ {4})[-+] .*/gm) ?? [];

  test("are named, and not counted", async () => {
    const renamed = { ...holidays, inputSchema: { properties: { of: { type: "number" } } } };
    const { text } = await firstOf(having(balanceOf, holidays), having(balanceOf, renamed));
    expect(lines(text)).toEqual([
      '- holidays.inputSchema.properties.year: { type: "number" }',
      '+ holidays.inputSchema.properties.of: { type: "number" }',
    ]);
  });

  test("that are gone are shown, also the last one", async () => {
    const { text, json } = await firstOf(having(balanceOf, holidays), having(balanceOf));
    expect(lines(text)).toEqual(['- holidays: { description: "Holidays.", inputSchema: { properties: { year: { type: "number" } } } }']);
    expect(json).toMatchObject({ difference: [{ kind: "recorded" }] });
  });

  test("whose argument need not be given any more are shown to have lost that", async () => {
    const optional = { ...balanceOf, inputSchema: { properties: { employee: { type: "string" } } } };
    const { text } = await firstOf(having(balanceOf), having(optional));
    expect(lines(text)).toEqual(['- balanceOf.inputSchema.required: ["employee"]']);
  });

  test("that have changed places are in another order, which is one line for each", async () => {
    const { text, description } = await firstOf(having(balanceOf, holidays), having(holidays, balanceOf));
    expect(description.headline).toBe('The tools of the agent "read" are in another order.');
    expect(lines(text)).toEqual(["- balanceOf, then holidays", "+ holidays, then balanceOf"]);
    const both = await firstOf(having(balanceOf, holidays), having({ ...holidays, description: "Days off." }, balanceOf));
    expect(both.description.headline).toBe('The tools of the agent "read" changed.');
    expect(lines(both.text)).toEqual([
      '- holidays.description: "Holidays."',
      '+ holidays.description: "Days off."',
      "- balanceOf, then holidays",
      "+ holidays, then balanceOf",
    ]);
  });
});

group("what to do", () => {
  const given = (path: string): readonly [Golden, Golden] => [
    golden({ operations: [step(path, 1, 1)] }),
    golden({ operations: [step(path, 2, 1)] }),
  ];

  test("is a command that a shell takes as it is meant", async () => {
    const [recorded, now] = given("p/above limit/each[0]/mend");
    const { text } = await firstOf(recorded, now, "goldens/p/it's one.golden.yaml");
    expect(text).toContain("flujo golden update 'goldens/p/it'\\''s one.golden.yaml' --step 'p/above limit/each[0]/mend'");
    const plain = await firstOf(...given("p/mend"), "goldens/p/one.golden.yaml");
    expect(plain.text).toContain("flujo golden update goldens/p/one.golden.yaml --step p/mend");
  });

  test("fits a terminal", async () => {
    const { description } = await firstOf(...given("p/mend"), "goldens/p/one.golden.yaml");
    const [said] = description.lines.filter(({ kind }) => kind === "remedy");
    expect(said?.text).toBe("If you did not mean this, mend the code; if you did, accept it:");
  });
});
