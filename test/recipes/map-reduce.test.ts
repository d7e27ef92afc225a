import { describe, expect, expectTypeOf, test } from "vitest";
import { type InputOf, type OutputOf, step } from "../../src/index.ts";
import {
  type DocumentPart,
  type DocumentsInput,
  mapReduce,
  type MapReduceOptions,
  type MapReduceResult,
  type Reducing,
} from "../../src/recipes/index.ts";
import { runForTest, scriptedModel } from "../../src/testing/index.ts";
import { holdsWhereverItIsCut, keepsItsGolden } from "./support/interrupted.ts";

const MOON = "On the moon\n\nThe moon pulls the sea.\nIt does so twice a day.";
const SEA = "On the sea\n\nThe sea is salty.\n\nThe moon pulls the\nsea, they say.";
const INPUT: DocumentsInput = {
  task: "What makes tides?",
  documents: [
    { name: "moon.md", text: MOON },
    { name: "sea.md", text: SEA },
  ],
};

/** Reads and brings together: the same question, the same answer. The first time it quotes a little too freely. */
function model() {
  return scriptedModel(({ options, turn, lastUserText }) => {
    const asked = options.prompt.flatMap((message) =>
      message.role === "user" ? message.content.flatMap((part) => (part.type === "text" ? part.text : [])) : [],
    );
    if (!JSON.stringify(options.prompt[0]).includes("a part of a document")) {
      const { claims } = JSON.parse(asked.find((text) => text.startsWith("{")) ?? "{}") as Reducing;
      return { json: [{ text: "The moon makes the tides.", from: claims.map(({ number }) => number) }] };
    }
    if (turn > 0) throw new Error(`It is asked in one turn: ${lastUserText}`);
    const { text } = JSON.parse(asked.find((text) => text.startsWith("{")) ?? "{}") as DocumentPart;
    const isTold = asked.some((told) => told.includes("The text does not say"));
    if (text.includes("salty"))
      return { json: [{ claim: "The sea is salt water.", quote: isTold ? "The sea is salty" : "The sea is salt" }] };
    return { json: text.includes("pulls") ? [{ claim: "The moon pulls at the sea.", quote: "The moon pulls the sea" }] : [] };
  });
}

const made = (options: MapReduceOptions<"documents"> = {}) => {
  const asked = model();
  return {
    program: mapReduce({ model: asked, maxCharacters: 40, ...options }),
    asked: () => asked.calls.length,
    calls: asked.calls,
    atOnce: 5,
  };
};

describe("map-reduce over documents", () => {
  test("reads them part by part, and says of what it finds in which documents it stands and where", async () => {
    const { program, calls } = made();
    expectTypeOf<InputOf<typeof program>>().toEqualTypeOf<DocumentsInput>();
    expectTypeOf<OutputOf<typeof program>>().toEqualTypeOf<MapReduceResult>();
    const { result } = await runForTest(program, INPUT);
    const { text, claims, sources, ...rest } = result.unwrap();
    expect(text).toBe("The moon makes the tides. [1][2][3]");
    expect(claims).toHaveLength(1);
    expect(sources.map(({ document, line, quote }) => `${document}:${line} ${JSON.stringify(quote)}`)).toEqual([
      'moon.md:3 "The moon pulls the sea"',
      'sea.md:3 "The sea is salty"',
      'sea.md:5 "The moon pulls the\\nsea"',
    ]);
    for (const { document, start, end, quote } of sources)
      expect(INPUT.documents.find(({ name }) => name === document)?.text.slice(start, end)).toBe(quote);
    expect(rest).toEqual({ unfounded: [], unread: [], parts: 5, levels: 1 });
    expect(calls).toHaveLength(5 + 1 + 1); // the parts, one of them again, and what brings them together
  });

  test("a quote that is still not there is left out with its claim, and told", async () => {
    const { result } = await runForTest(made({ tries: 1 }).program, INPUT);
    const { sources, unfounded } = result.unwrap();
    expect(sources.map(({ document }) => document)).toEqual(["moon.md", "sea.md"]);
    expect(unfounded).toEqual([{ text: "The sea is salt water.", quote: "The sea is salt", document: "sea.md" }]);
  });

  test("what is too much for one prompt is brought together in groups, level over level, and keeps its citations", async () => {
    const documents = Array.from({ length: 24 }, (_, index) => ({ name: `d${index}`, text: `Fact number ${index} of them all.` }));
    const sizes: number[] = [];
    const map = step("read", ({ text }: DocumentPart) => [{ claim: `It is said: ${text}`, quote: text }]);
    const reduce = step("merge", ({ claims, last }: Reducing) => {
      sizes.push(claims.length);
      return [{ text: last ? "All" : "Some", from: claims.map(({ number }) => number) }];
    });
    const program = mapReduce({ map, reduce, reduceCharacters: 300 });
    const { text, sources, levels } = (await runForTest(program, { task: "Count", documents })).result.unwrap();
    expect(levels).toBeGreaterThan(2);
    expect(sizes.every((size) => size >= 1 && size <= 24 / 4)).toBe(true);
    expect(sources.map(({ document }) => document)).toEqual(documents.map(({ name }) => name));
    expect(text).toBe(`All ${documents.map((_, index) => `[${index + 1}]`).join("")}`);
  });

  test("ends as a failure that says so where bringing together makes nothing fewer", async () => {
    const documents = Array.from({ length: 8 }, (_, index) => ({ name: `d${index}`, text: `Fact number ${index}.` }));
    const map = step("read", ({ text }: DocumentPart) => [{ claim: text, quote: text }]);
    const reduce = step("keep", ({ claims }: Reducing) => claims.map(({ number, text }) => ({ text, from: [number] })));
    const { result } = await runForTest(mapReduce({ map, reduce, reduceCharacters: 100, maxLevels: 3 }), { task: "x", documents });
    expect(result.status === "failed" && result.failure.code).toBe("loop_exhausted");
  });

  test.each([
    ["of a number that there is not", [1, 7]],
    ["of nothing", []],
  ])("a claim that is made %s is left out, and told", async (_what, from) => {
    const reduce = step("merge", () => [{ text: "Made up.", from }]);
    const { text, unfounded } = (await runForTest(made({ reduce }).program, INPUT)).result.unwrap();
    expect([text, unfounded]).toEqual(["", [{ text: "Made up.", quote: null, document: null }]]);
  });

  test("without a claim the text is empty, and nothing is brought together", async () => {
    const { program, calls } = made();
    const empty = { text: "", claims: [], sources: [], unfounded: [], unread: [], levels: 0 };
    expect((await runForTest(program, { task: "x", documents: [] })).result.unwrap()).toEqual({ ...empty, parts: 0 });
    expect(calls).toHaveLength(0);
    const documents = [
      { name: "a", text: "" },
      { name: "b", text: "Nothing of it." },
    ];
    expect((await runForTest(program, { task: "x", documents })).result.unwrap()).toEqual({ ...empty, parts: 1 });
    expect(calls).toHaveLength(1);
  });

  test("a part that cannot be read fails it, or is told where that is asked for", async () => {
    const map = step("read", ({ text }: DocumentPart) => {
      if (text.includes("salty")) throw new Error("the page is torn");
      return [{ claim: "c", quote: text }];
    });
    const failed = (await runForTest(made({ map }).program, INPUT)).result;
    expect(failed.status === "failed" && failed.failure.message).toContain("the page is torn");
    const { unread, sources } = (await runForTest(made({ map, onFailure: "tell" }).program, INPUT)).result.unwrap();
    expect(unread.map(({ document, part }) => `${document} ${part}`)).toEqual(["sea.md 1"]);
    expect(unread[0]?.message).toContain("the page is torn");
    expect(sources.length).toBeGreaterThan(0);
  });

  test("no more parts are read at the same time than it is told", async () => {
    let [now, most] = [0, 0];
    const map = step("read", async ({ text }: DocumentPart) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return [{ claim: "c", quote: text }];
    });
    const documents = Array.from({ length: 12 }, (_, index) => ({ name: `d${index}`, text: "It says so." }));
    await runForTest(made({ map, concurrency: 3 }).program, { task: "x", documents });
    expect(most).toBe(3);
  });

  test("is the same wherever it is cut off, and asks nothing twice that was answered", async () => {
    expect(await holdsWhereverItIsCut(made, INPUT)).toBeGreaterThan(30);
  });

  test("keeps its golden", () => keepsItsGolden(made, INPUT));

  test.each([
    ["documents of one name", { task: "x", documents: [INPUT.documents[0], INPUT.documents[0]] }, 'Two documents are called "moon.md".'],
    ["a document without a name", { task: "x", documents: [{ text: "x" }] }, "documents[0].name: It must be a text that is not empty"],
    ["no task", { documents: [] }, "task: It must be a text that is not empty"],
  ])("does not take %s", async (_what, input, message) => {
    const begun = runForTest(made().program, input as DocumentsInput).then(({ result }) =>
      result.status === "failed" ? result.failure.message : result.status,
    );
    expect(await begun.catch(String)).toContain(message);
  });

  test.each([
    ["no model", {}, "reduce: nobody plays it"],
    ["groups of nothing", { model: "m:m", reduceCharacters: 0 }, "reduceCharacters: it is 0"],
    ["an unknown way to fail", { model: "m:m", onFailure: "ignore" }, 'onFailure: it is "ignore"'],
    ["an overlap of it all", { model: "m:m", maxCharacters: 100, overlap: 100 }, "overlap: it is 100 of 100 characters"],
  ])("refuses %s when it is built", (_what, options, message) => {
    expect(() => mapReduce(options as never)).toThrow(message);
  });
});
