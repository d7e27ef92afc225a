import { describe, expect, expectTypeOf, test } from "vitest";
import { type InputOf, type OutputOf, step } from "../../src/index.ts";
import {
  answerFromFiles,
  type AnswerFromFilesOptions,
  type Answering,
  type FileAnswer,
  hashedNgrams,
  memoryVectors,
  retrieve,
} from "../../src/recipes/index.ts";
import { runForTest, scriptedModel } from "../../src/testing/index.ts";
import { Folder } from "./support/folder.ts";
import { holdsWhereverItIsCut, keepsItsGolden } from "./support/interrupted.ts";

const FILES = {
  "tides.md": "# Tides\n\nThe moon pulls the tides.\nIt does so twice a day.",
  "tea.md": "# Tea\n\nThe tea from Ceylon is late.\n\nIt was paid twice.",
  "whales.md": "# Whales\n\nWhales sing at night.",
};
const QUESTION = "What pulls the tides?";

/** Quotes the line of a passage that says "pulls"; the first time it is a little too free. */
function model() {
  return scriptedModel(({ options, lastUserText }) => {
    const said = options.prompt.flatMap((message) =>
      message.role === "user" ? message.content.flatMap((part) => (part.type === "text" ? part.text : [])) : [],
    );
    const { passages } = JSON.parse(said.find((text) => text.startsWith("{")) ?? "{}") as Answering;
    const passage = passages.find(({ text }) => text.includes("pulls"))?.number ?? 1;
    const quote = lastUserText.includes("does not say") ? "The moon pulls the tides." : "The moon, it pulls the tides.";
    return { json: [{ claim: "It is the moon.", citations: [{ passage, quote }] }] };
  });
}

const made = (folder: Folder, options: Partial<AnswerFromFilesOptions> = {}) => {
  const asked = model();
  const [store, embedding] = [memoryVectors(), hashedNgrams()];
  const program = answerFromFiles({ model: asked, files: { root: folder.path }, store, embedding, ...options });
  return { program, asked: () => asked.calls.length, calls: asked.calls, store, embedding };
};

describe("an answer from files", () => {
  test("says of each claim in which file and on which line it stands, and is asked again where a quote is not there", async () => {
    using folder = new Folder(FILES);
    const { program, calls } = made(folder);
    expectTypeOf<InputOf<typeof program>>().toEqualTypeOf<string>();
    expectTypeOf<OutputOf<typeof program>>().toEqualTypeOf<FileAnswer>();
    const { text, found, sources, unfounded, passages } = (await runForTest(program, QUESTION)).result.unwrap();
    expect([text, found, unfounded]).toEqual(["It is the moon. [1]", true, []]);
    expect(sources).toEqual([{ document: "tides.md", quote: "The moon pulls the tides.", start: 9, end: 34, line: 3 }]);
    expect(FILES["tides.md"].slice(9, 34)).toBe("The moon pulls the tides.");
    expect(passages[0]).toMatchObject({ number: 1, document: "tides.md", line: 1 });
    expect(passages.map(({ score }) => score)).toEqual(passages.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(calls).toHaveLength(2);
    expect(calls[0]?.lastUserText).toContain(QUESTION);
  });

  test("leaves out what no passage says, and tells it", async () => {
    using folder = new Folder(FILES);
    const { program } = made(folder, { tries: 1 });
    const { text, found, unfounded } = (await runForTest(program, QUESTION)).result.unwrap();
    expect([text, found]).toEqual(["", false]);
    expect(unfounded).toEqual([{ text: "It is the moon.", quote: "The moon, it pulls the tides.", document: "tides.md" }]);
  });

  test.each([
    ["of a passage that there is not", [{ passage: 9, quote: "The moon pulls the tides." }], "The moon pulls the tides.", null],
    ["without any", [], null, null],
    [
      "of which one is right",
      [
        { passage: 1, quote: "The moon pulls the tides." },
        { passage: 1, quote: "Ebb" },
      ],
      "Ebb",
      "tides.md",
    ],
  ])("a claim with citations %s is unfounded", async (_what, citations, quote, document) => {
    using folder = new Folder(FILES);
    const answer = step("say", () => [{ claim: "So it is.", citations }]);
    const { claims, unfounded } = (await runForTest(made(folder, { answer }).program, QUESTION)).result.unwrap();
    expect([claims, unfounded]).toEqual([[], [{ text: "So it is.", quote, document }]]);
  });

  test("where nothing is close enough nobody is asked, and the text is empty", async () => {
    using folder = new Folder(FILES);
    const { program, calls } = made(folder, { minScore: 0.99 });
    const answer = (await runForTest(program, QUESTION)).result.unwrap();
    expect(answer).toEqual({ found: false, text: "", claims: [], sources: [], unfounded: [], passages: [] });
    expect(calls).toHaveLength(0);
  });

  test("a question of which the model makes nothing finds nothing: no passage is close to it", async () => {
    using folder = new Folder(FILES);
    const { program, calls } = made(folder);
    const { found, passages } = (await runForTest(program, "???")).result.unwrap();
    expect([found, passages, calls]).toEqual([false, [], []]);
  });

  test.each([
    ["an empty folder", {}, undefined, "has no file, and there"],
    ["patterns that mean nothing in it", FILES, ["*.txt", "**/*.rst"], 'has no file that "*.txt" or "**/*.rst" means, and there'],
    [
      "no file that is a text",
      { "a.md": new Uint8Array([0]), "b.md": new Uint8Array([0]) },
      undefined,
      "a.md is binary, and 1 more were skipped.",
    ],
  ])("%s is no answer: it fails, and names the folder", async (_what, files, include, message) => {
    using folder = new Folder(files);
    const { program, calls } = made(folder, { files: { root: folder.path, ...(include === undefined ? {} : { include }) } });
    const { result } = await runForTest(program, QUESTION);
    if (result.status !== "failed") throw new Error(result.status);
    expect(result.failure.code).toBe("input_invalid");
    expect(result.failure.message).toContain(`older ${folder.path} `);
    expect(result.failure.message).toContain(message);
    expect(calls).toHaveLength(0);
  });

  test("a store that holds nothing of the model is no answer: it fails, and says what to do", async () => {
    const [store, embedding] = [memoryVectors(), hashedNgrams()];
    const { result } = await runForTest(retrieve({ store, embedding }), QUESTION);
    if (result.status !== "failed") throw new Error(result.status);
    expect(result.failure).toMatchObject({ code: "input_invalid", retryable: false });
    expect(result.failure.message).toContain("The store memory holds nothing that hashed-ngrams:1024 has made.");
  });

  test("is the same wherever it is cut off, and asks nothing twice that was answered", async () => {
    using folder = new Folder(FILES);
    expect(await holdsWhereverItIsCut(() => made(folder), QUESTION)).toBeGreaterThan(20);
  });

  test("keeps its golden, for which neither files nor vectors are needed", async () => {
    using folder = new Folder(FILES);
    let isFirst = true;
    await keepsItsGolden(() => {
      if (!isFirst) folder.write("tides.md", "Nothing of it.");
      isFirst = false;
      return made(folder);
    }, QUESTION);
  });

  test.each([
    ["nobody who answers", { model: undefined }, 'recipe "answer", answer: nobody plays it'],
    ["no passages", { limit: 0 }, "limit: it is 0"],
    ["a score that none can have", { minScore: 2 }, "minScore: it is 2"],
    ["a root that is none", { files: { root: 7 } }, "root: it is 7"],
    [
      "a folder that stands for its options",
      { files: "kb" },
      'recipe "answer", files: it is "kb". Give the folder as its root: { root: "kb" }.',
    ],
    ["options of files that there are not", { files: { root: "kb", inclde: [] } }, 'recipe "answer", files: there is no option "inclde"'],
    ["no tries", { tries: 0 }, "tries: it is 0"],
  ])("refuses %s when it is built", (_what, options, message) => {
    using folder = new Folder();
    expect(() => made(folder, options as never)).toThrow(message);
  });
});
