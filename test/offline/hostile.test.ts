import fc from "fast-check";
import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { offlineExtract } from "../../src/agents/offline/index.ts";

const SCHEMA: Extract<NonNullable<LanguageModelV4CallOptions["responseFormat"]>, { type: "json" }>["schema"] & object = {
  type: "object",
  properties: {
    area: { type: "string", enum: ["red", "green", "other"], description: "red: stop, danger. green: go. other: everything else" },
    urgency: { type: "integer", minimum: 1, maximum: 5 },
    ownerName: { type: "string" },
    email: { type: "string", format: "email" },
    dueDate: { type: "string", format: "date" },
    total: { type: "number" },
    paid: { type: "boolean" },
    items: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" }, price: { type: "number" } }, required: ["name", "price"] },
    },
    tags: { type: "array", items: { type: "string" } },
    company: { type: "string" },
    summary: { type: "string", maxLength: 300 },
  },
  required: ["area", "urgency", "ownerName", "email", "dueDate", "total", "paid", "items", "tags", "company", "summary"],
};

async function took(text: string, as: "object" | "text"): Promise<number> {
  const [started, work] = [performance.now(), process.cpuUsage()];
  await offlineExtract().doGenerate({
    prompt: [
      { role: "system", content: "Extract. Answer in two sentences." },
      { role: "user", content: [{ type: "text", text }] },
    ],
    responseFormat: as === "object" ? { type: "json", schema: SCHEMA } : { type: "text" },
  });
  const { user, system } = process.cpuUsage(work);
  // Time on the clock counts other programs, time on the processor counts the collector's threads: the smaller is ours.
  return Math.min(performance.now() - started, (user + system) / 1_000);
}

const SIZE = 100_000;
const fillUp = (piece: string): string => piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE);

const PIECES = [
  "a",
  " ",
  "a ",
  "1",
  "1 ",
  "1-",
  "A ",
  "a@",
  "a.",
  ".",
  ",",
  "\n",
  "- a\n",
  "a: b\n",
  "A\n\n",
  "Total: 1\n",
  "http://",
  "(1",
  "(((((",
  "1,111,",
  "two-",
  "\t",
  "| ",
  "|a|b|\n",
  "{",
  '{"a":',
  "[[",
  "Aa. ",
  "?! ",
  "not ",
  "\u00a0",
  "é",
  "👍",
  "\u0300",
  "2020-01-",
  "12:30-",
  "@example.",
  "Dr. ",
  "wrong every time ",
  "Lorem ipsum dolor sit amet, consectetur. ",
  "a and b, ",
  "x x x\n\n",
  "2019 - ",
  "as a ",
  "**",
  "#",
  "'",
  "“",
  "A B C\n1  2  3\n",
  "Street ",
  "12 Aaa ",
];

/** A text sixteen times as long may take so many times as long; what is quadratic takes 256 times as long. */
const MOST_TIMES = 100;
/** Below this, in milliseconds, a time says nothing. */
const LEAST_MS = 2;

/** How many times as long the long text takes as one of a sixteenth of it, at best. */
async function growth(long: string, as: "object" | "text"): Promise<number> {
  let [most, least] = [Number.POSITIVE_INFINITY, 0];
  for (let turn = 0; turn < 3 && most > MOST_TIMES * Math.max(LEAST_MS, least); turn++) {
    least = Math.max(least, await took(long.slice(0, SIZE / 16), as));
    most = Math.min(most, await took(long, as));
  }
  return most / Math.max(LEAST_MS, least);
}

test("100 KB of anything take about sixteen times as long as a sixteenth of them, not two hundred and fifty-six", async () => {
  await took(fillUp("Warm: up. "), "object");
  const slow: string[] = [];
  for (const piece of PIECES) {
    for (const as of ["object", "text"] as const) {
      const times = await growth(fillUp(piece), as);
      if (times > MOST_TIMES) slow.push(`${JSON.stringify(piece)} as ${as}: ${times.toFixed(0)} times`);
    }
  }
  expect(slow).toEqual([]);
}, 120_000);

test("pieces in any mixture stay cheap", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12, unit: "binary" })), { minLength: 1, maxLength: 4 }),
      async (parts) => {
        const times = await growth(fillUp(parts.join("") || "a"), "object");
        if (times > MOST_TIMES) throw new Error(`${times.toFixed(0)} times`);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
