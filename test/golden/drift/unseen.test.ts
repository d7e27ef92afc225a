import fc from "fast-check";
import { expect, test } from "vitest";
import { describe as tell } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { lookAlike, lookOf } from "../../../src/golden/drift/invisible.ts";
import { checkGolden } from "../../../src/golden/check.ts";
import { recordGolden } from "../../../src/golden/record.ts";
import { pipeline, step } from "../../../src/index.ts";

// What differs and cannot be seen is shown by marks, with a sentence that says what they stand for.

const says = (text: string) => pipeline({ name: "p" }).step(step("say", () => text));

/** What is shown where the step `say` says something else than was recorded. */
async function shown(recorded: string, now: string): Promise<readonly string[]> {
  const { causes } = await checkGolden(says(now), await recordGolden(says(recorded), "in"));
  const [cause] = causes;
  if (cause === undefined) throw new Error("There is no drift.");
  const lines = plainText(await tell(cause)).split("\n");
  return lines.slice(2, lines.indexOf("  What follows from it (1 more difference):")).map((line) => line.slice(4));
}

const long = "It is a sentence of more than sixty letters, so that it is compared as a text.";
const twoSentences = (between: string): string => `${long}${between}And this is another sentence, which makes the line longer than one.`;

test.each<readonly [what: string, recorded: string, now: string, shown: readonly string[]]>([
  ["spaces at the end", "hello", "hello  ", ["- hello", "+ hello··", "  What differs here cannot be seen: · is a space."]],
  ["a space at the end of a text", long, `${long} `, [`- ${long}`, `+ ${long}·`, "  What differs here cannot be seen: · is a space."]],
  ["spaces at the end of a line", "a\nb", "a  \nb", ["- a", "+ a··", "  What differs here cannot be seen: · is a space.", "  b"]],
  [
    "two spaces between two sentences",
    twoSentences(" "),
    twoSentences("  "),
    [
      `- ${long}`,
      "- And this is another sentence, which makes the line longer than one.",
      `+ ${long}··And this is another`,
      "+ sentence, which makes the line longer than one.",
      "  What differs here cannot be seen: · is a space.",
    ],
  ],
  ["the ends of lines", "a\nb", "a\r\nb", ["- a", "+ a␍", "  What differs here cannot be seen: ␍ is a carriage return.", "  b"]],
  ["a tab", "a b", "a\tb", ["- a b", "+ a⇥b", "  What differs here cannot be seen: ⇥ is a tab."]],
  ["nothing, and a space", "", " ", ['- ""', "+ ·", "  What differs here cannot be seen: · is a space."]],
  [
    "the end of the last line",
    "a\nb\n",
    "a\nb",
    ["  a", "  b", "- ⏎", "  What differs here cannot be seen: ⏎ is the end of a line with nothing in it."],
  ],
  [
    "what is drawn as nothing",
    "pay",
    "pa\u200by",
    ["- pay", "+ pa<U+200B>y", "  What differs here cannot be seen: <U+…> is a character by its number."],
  ],
  [
    "how a letter is spelt",
    "caf\u00e9",
    "cafe\u0301",
    ["- caf\u00e9", "+ cafe<U+0301>", "  What differs here cannot be seen: <U+…> is a character by its number."],
  ],
])("%s is shown by marks", async (_, recorded, now, expected) => {
  expect(await shown(recorded, now)).toEqual(expected);
});

test("what can be seen has no marks, also where it has spaces at its ends", async () => {
  expect(await shown("one ", "two ")).toEqual(["- one", "+ two"]);
  expect(await shown("a\tb\nc", "a\tx\nc")).toEqual(["- a\tb", "+ a\tx", "  c"]);
});

test("two texts never look the same in what is shown of them", async () => {
  const unseen = fc.constantFrom(" ", "\t", "\u00a0", "\u200b", "\u3000", "\u0301", "a", "b", "\u00e1", ".", "\r", "\n");
  const text = fc.array(unseen, { maxLength: 6 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      fc.pre(lookAlike(one, other));
      const lines = await shown(one, other);
      const text = lines.filter((line) => !line.includes("cannot be seen"));
      const said = (sign: string): string =>
        text
          .filter((line) => line === "" || line.startsWith(sign) || line.startsWith(" "))
          .map((line) => `|${line.slice(1)}`) // a line more is seen
          .join("\n");
      expect(lookOf(said("-"))).not.toBe(lookOf(said("+")));
    }),
    { numRuns: 200 },
  );
});
