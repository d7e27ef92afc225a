import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { documents } from "../../examples/documents/documents.ts";
import { lineOf, passagesOf } from "../../examples/documents/papers.ts";
import { faults, resumeForTest, runForTest, type ScriptedModelCall, type ScriptedTurn, scriptedModel } from "../../src/testing/index.ts";

// Answers from papers: nothing is in them that cannot be looked up.

const PAPERS = fileURLToPath(new URL("../../examples/documents/papers/", import.meta.url));
const QUESTION = "Why was the north bridge closed, and when does it open again?";

interface Output {
  readonly answer: readonly string[];
  readonly sources: readonly string[];
}

/** Opens the papers and looks: each source has to begin in the line that it names, word for word. */
function lookUp({ answer, sources }: Output, folder: string): void {
  for (const [at, source] of sources.entries()) {
    const [, number = "", document = "", line = "", quote = ""] = /^\[(\d+)\] (.+), line (\d+): "(.*)"$/.exec(source) ?? [];
    expect(Number(number)).toBe(at + 1);
    const rest = readFileSync(join(folder, document), "utf8")
      .split(/\r?\n/)
      .slice(Number(line) - 1);
    expect(rest[0]).toContain(quote.split(" ")[0]);
    expect(rest.join(" ").replaceAll(/\s+/g, " ").indexOf(quote), source).toBeLessThanOrEqual(rest[0]?.length ?? 0);
    expect(rest.join(" ").replaceAll(/\s+/g, " "), source).toContain(quote);
  }
  const marks = answer.map((sentence) => [...sentence.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])));
  expect(marks.every((of) => of.length > 0 && of.every((mark) => mark >= 1 && mark <= sources.length))).toBe(true);
  expect(new Set(marks.flat()).size).toBe(sources.length);
}

function folderOf(papers: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "flujo-papers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(papers)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A model that quotes the first sentence of each passage, and answers with the first notes; unless told otherwise. */
function reader({ quote, write }: Partial<Record<"quote" | "write", (call: ScriptedModelCall, text: string) => ScriptedTurn>> = {}) {
  const writing = (call: ScriptedModelCall) => JSON.stringify(call.options.prompt[0]).includes("from the notes");
  const textOf = (call: ScriptedModelCall) => JSON.stringify(call.options.prompt.find(({ role }) => role === "user")?.content);
  const model = scriptedModel((call) => {
    const text = textOf(call);
    if (!writing(call)) return quote?.(call, text) ?? { json: { quote: call.lastUserText.split(". ")[0] } };
    return write?.(call, text) ?? { json: { answer: rowsOf(text).slice(0, 4) } };
  });
  return { model, written: () => model.calls.filter(writing), read: () => model.calls.filter((call) => !writing(call)) };
}

function rowsOf(text: string): readonly { readonly says: string; readonly notes: readonly number[] }[] {
  return [...text.matchAll(/\| ([\d, ]+) \| (.*?) \|/g)].map(([, notes = "", says = ""]) => ({
    says,
    notes: notes.split(", ").map(Number),
  }));
}

const ask = (folder: string | null, model: ReturnType<typeof reader>["model"]) =>
  runForTest(documents, { question: QUESTION, folder }, { model: "test:reader", models: { "test:reader": model } });

test("with the offline model, every sentence stands in a paper, in the line that is named, and the line is of the north bridge", async () => {
  const { result } = await runForTest(documents, QUESTION);
  const output = result.unwrap();
  lookUp(output, PAPERS);
  expect(output.answer.join(" ")).toContain("before 14 September, two weeks later than the council expected [1].");
  expect(output.answer.join(" ")).toContain("lorry could tip the third pier");
  expect(result.context).toMatchObject({ quotesChecked: 19, passagesWithout: 0 });
});

test("a question alone is asked of the example's papers; what is neither a question nor says which is refused", async () => {
  const { result } = await runForTest(documents, { question: QUESTION });
  expect(result.unwrap()).toEqual((await runForTest(documents, QUESTION)).result.unwrap());
  await expect(runForTest(documents, '{"quest": "What?"}')).rejects.toThrow("Give a question, or { question, folder }");
});

describe("quotes", () => {
  const folder = () => folderOf({ "a.md": "# Head\n\nThe bridge is closed\nto lorries. It is old now.\n" });

  test("one that is not in the passage is refused, the model is told which, and its next one counts", async () => {
    const quotes = ["The bridge is open.", "It is old now."];
    const { model, read } = reader({ quote: () => ({ json: { quote: quotes.shift() } }) });
    const { result } = await ask(folder(), model);
    expect(result.unwrap().sources).toEqual(['[1] a.md, line 4: "It is old now."']);
    expect(read()).toHaveLength(2);
    expect(JSON.stringify(read()[1]?.options.prompt)).toContain(String.raw`The bridge is open.\" is not in the passage`);
  });

  test("one that is never right is lost, counted, and no part of the answer", async () => {
    const { model, read, written } = reader({ quote: () => ({ json: { quote: "The bridge is open." } }) });
    const { result } = await ask(folder(), model);
    expect(result.unwrap()).toMatchObject({ answer: ["The papers say nothing on it."], sources: [] });
    expect(result.context).toMatchObject({ quotesChecked: 0, passagesWithout: 1 });
    expect([read().length, written().length]).toEqual([3, 0]);
  });

  test("a model that cannot be asked fails the run: that is not the same as papers that say nothing", async () => {
    const { model } = reader({ quote: () => new Error("401 Incorrect API key") });
    const { result } = await ask(folder(), model);
    expect(result.status === "failed" && result.failure.message).toContain("401 Incorrect API key");
  });

  test.each([
    ["The bridge is closed to lorries.", 3],
    ["  to   lorries. It ", 4],
    ["It is old now.", 4],
    ["it is old now.", null],
    ["", null],
  ])("%j begins in line %j, wherever lines end", (quote, line) => {
    for (const text of [
      "# Head\n\nThe bridge is closed\nto lorries. It is old now.\n",
      "# Head\r\n\r\nThe bridge is closed\r\nto lorries. It is old now.",
    ]) {
      const [passage] = passagesOf({ document: "a.md", text });
      expect(passage && lineOf(quote, passage)).toBe(line);
    }
  });

  test("signs that mean something in patterns mean themselves", () => {
    const [passage] = passagesOf({ document: "a", text: "What (about) this? a.b costs $5 [or *more*]." });
    expect(passage && lineOf("costs $5 [or *more*].", passage)).toBe(1);
    expect(passage && lineOf("axb costs", passage)).toBeNull();
  });
});

describe("the answer", () => {
  const two = () => folderOf({ "a.md": "The bridge is closed to all lorries.", "b.txt": "It opens again on 14 September." });

  test("a sentence that names a note which is not there, or none, is refused, and the model is told which there are", async () => {
    const notes = [[7], [], [1]];
    const { model, written } = reader({ write: () => ({ json: { answer: [{ says: "It is closed", notes: notes.shift() }] } }) });
    const { result } = await ask(two(), model);
    const output = result.unwrap();
    expect(output.answer).toEqual(["It is closed [1]."]);
    expect(written()).toHaveLength(3);
    expect(JSON.stringify(written()[1]?.options.prompt)).toContain("must name notes by their numbers, and only those that are there: 1, 2");
  });

  test("where no sentence ever names its notes, the notes speak for themselves", async () => {
    const folder = two();
    const { model } = reader({ write: () => ({ json: { answer: [{ says: "Trust me", notes: [] }] } }) });
    const output = (await ask(folder, model)).result.unwrap();
    lookUp(output, folder);
    expect(output.answer.join(" ")).not.toContain("Trust me");
    expect(output.sources).toHaveLength(2);
  });

  test("of a hundred passages no prompt holds more than a dozen, and what is left is cited as it was found", async () => {
    const text = Array.from({ length: 100 }, (_, at) => `Passage number ${at} of this long paper.`).join("\n\n");
    const folder = folderOf({ "long.md": text });
    const { model, written } = reader();
    const { result } = await ask(folder, model);
    lookUp(result.unwrap(), folder);
    const sizes = written().map(({ lastUserText }) => rowsOf(lastUserText).length);
    expect(sizes).toHaveLength(9 + 3 + 1);
    expect(Math.max(...sizes)).toBe(12);
  });

  test("a folder without papers says nothing, and one that is not there is a failure that names it", async () => {
    const { model } = reader();
    expect((await ask(folderOf({ "a.pdf": "%PDF" }), model)).result.unwrap().answer).toEqual(["The papers say nothing on it."]);
    const { result } = await ask("/nowhere/papers", model);
    expect(result.status === "failed" && result.failure.message).toContain("/nowhere/papers");
  });
});

test("a process that dies at any of its operations leaves a run that comes to the same, and asks again only for what was under way", async () => {
  const whole = reader();
  const { result, entries } = await ask(null, whole.model);
  const keys = entries.flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []));
  for (const at of keys.filter((_, index) => index % 9 === 0)) {
    const { model } = reader();
    const models = { "test:reader": model };
    const crashed = await runForTest(
      documents,
      { question: QUESTION, folder: null },
      { model: "test:reader", models, faults: faults([{ at, do: "crash" }]) },
    );
    expect(crashed.result.status, at).toBe("stopped");
    const { result: resumed } = await resumeForTest(documents, crashed.result.runId, { state: crashed.state, models });
    expect(resumed.unwrap(), at).toEqual(result.unwrap());
    expect(model.calls.length - whole.model.calls.length, at).toBeLessThanOrEqual(4); // as many as are read at once
  }
});
