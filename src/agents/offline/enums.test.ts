import { expect, test } from "vitest";
import { fillSchema } from "./fill.ts";
import { sourceOf } from "./source.ts";

const choose = (text: string, values: readonly string[], description = "", instructions = ""): unknown =>
  fillSchema({ type: "string", enum: values, description }, { source: sourceOf(text), instructions }).value;

const PLANTS = ["fern", "moss", "other"];
const HINTS = "fern: fronds, spores, unrolling leaves. moss: cushions, damp stones. other: everything else";

test.each([
  ["A young fern", "fern"],
  ["Its leaves unroll slowly, and there are spores below", "fern"],
  ["It sits like a cushion on a damp stone", "moss"],
  ["A tall tree with needles", "other"],
  ["Group: moss. Or is it a fern?", "moss"],
])("%s is %s", (text, value) => {
  expect(choose(text, PLANTS, HINTS)).toBe(value);
});

test("hints may stand in the instructions, and in descriptions of single values", () => {
  expect(choose("It sits like a cushion", PLANTS, "", "Use moss for cushions and fern for fronds.")).toBe("moss");
  const schema = {
    anyOf: [
      { const: "fern", description: "fronds" },
      { const: "moss", description: "cushions" },
    ],
  };
  expect(fillSchema(schema, { source: sourceOf("green cushions"), instructions: "" }).value).toBe("moss");
});

test("trouble in a hint is spoken for by any telling of trouble", () => {
  const values = ["repairs", "praise"];
  const hints = "repairs: something is broken. praise: somebody is pleased";
  expect(choose("The lamp does not light any more and the lid is stuck.", values, hints)).toBe("repairs");
  expect(choose("What a lovely lamp, we are delighted!", values, hints)).toBe("praise");
});

test("words that grade follow the tone", () => {
  const levels = ["low", "medium", "high"];
  expect(choose("No rush at all, whenever you like.", levels)).toBe("low");
  expect(choose("Urgent! Nobody can get in and everything stands still.", levels)).toBe("high");
  expect(choose("A wonderful stay, friendly people, great food.", ["positive", "neutral", "negative"])).toBe("positive");
  expect(choose("Dirty, noisy and the host was rude.", ["positive", "neutral", "negative"])).toBe("negative");
});

test("the highest is the last in order that the text speaks of", () => {
  expect(choose("First a bronze medal, later silver.", ["none", "bronze", "silver", "gold"], "highest medal")).toBe("silver");
});

test("an enum that may be null is null when nothing speaks for it", () => {
  const schema = { anyOf: [{ type: "string", enum: ["red", "blue"] }, { type: "null" }] };
  expect(fillSchema(schema, { source: sourceOf("No colour is named."), instructions: "" }).value).toBeNull();
});
