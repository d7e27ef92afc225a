import { describe, expect, test } from "vitest";
import { hashedNgrams } from "../../src/recipes/index.ts";

const ngrams = hashedNgrams();

async function closeness(a: string, b: string): Promise<number> {
  const [one, other] = await ngrams.embed([a, b]);
  return Array.from(one ?? []).reduce((sum, value, at) => sum + value * (other?.[at] ?? 0), 0);
}

describe("hashed n-grams", () => {
  test("a text that shares words with another is closer to it than one that does not", async () => {
    const question = "When is the invoice due?";
    expect(await closeness(question, "The invoice is due in May.")).toBeGreaterThan(0.3);
    expect(await closeness(question, "Whales sing at night.")).toBeLessThan(0.1);
  });

  test("words that are spelt alike are close, whatever their case and accents", async () => {
    expect(await closeness("Café Größe", "CAFE groSSE größe")).toBeGreaterThan(0.5);
    expect(await closeness("invoices", "invoice")).toBeGreaterThan(await closeness("invoices", "whale"));
  });

  test("every text has a vector of length one, but one without a word, which is all zeros", async () => {
    const vectors = await ngrams.embed(["tide", "The moon pulls. ".repeat(5_000), "潮汐", " — !"]);
    const lengths = vectors.map((vector) => Math.hypot(...Array.from(vector)));
    expect(lengths.map((length) => length.toFixed(5))).toEqual(["1.00000", "1.00000", "1.00000", "0.00000"]);
  });

  test("the same text has the same vector, in every process: these numbers stay", async () => {
    const [vector] = await hashedNgrams({ dimensions: 16 }).embed(["tides rise"]);
    expect(Array.from(vector ?? [], (value) => Number(value.toFixed(3)))).toMatchInlineSnapshot(`
      [
        0.308,
        -0.319,
        0,
        0,
        0.57,
        0,
        0.137,
        0,
        0.137,
        0.627,
        0,
        0,
        0.137,
        -0.171,
        0,
        0,
      ]
    `);
  });

  test.each([0, 1.5, 100_000])("%d dimensions are refused", (dimensions) => {
    expect(() => hashedNgrams({ dimensions })).toThrow("hashedNgrams(), dimensions");
  });
});
