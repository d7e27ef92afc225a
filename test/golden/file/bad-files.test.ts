import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseGolden } from "../../../src/golden/file/parse-golden.ts";
import { printGolden } from "../../../src/golden/file/print-golden.ts";
import { readGolden } from "../../../src/golden/file/read-golden.ts";
import { goldenWith, stepAt, TRIAGE } from "./sample.ts";

vi.setConfig({ testTimeout: 60_000 }); // machines may be busy

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flujo-bad-goldens-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { text } = printGolden(TRIAGE);
const LONG = "All of it. ".repeat(400);
const stored = printGolden(goldenWith({ input: LONG, context: { list: Array.from({ length: 900 }, (_, index) => index) } }));
const [longText = "", longValue = ""] = [...stored.payloads.keys()];

/** Where and what is wrong, as somebody is told; empty where nothing is. */
function faultIn(edited: string, payload: (name: string) => string | null = () => null): string {
  try {
    parseGolden(edited, { file: "g.yaml", payload });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message.replace(/ Mend the file.*| Update flujo.*| Register its class.*/s, "") : String(error);
  }
}

/** The sample with one text in it replaced, which must be there. */
function edited(from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return changed;
}

describe("each thing that can be wrong with a golden is said with its place", () => {
  test.each<readonly [string, string | RegExp, string, string]>([
    ["nothing at all", /^.*$/s, "", "g.yaml:1:1: It does not say `format: 1`, so it is no golden."],
    ["another YAML file", /^.*$/s, "name: ci\nfromat: 1\n", "g.yaml:1:1: It does not say `format: 1`, so it is no golden."],
    ["a list", /^.*$/s, "- 1\n", "g.yaml:1:1: `golden` should be an object with fields, but is a list."],
    ["a newer format", "format: 1", "format: 2\nfuture: {}", "g.yaml:1:9: It is of format 2; this version of Flujo reads up to 1."],
    ["a format that is none", "format: 1", "format: one", 'g.yaml:1:9: `format` should be a whole number from 1 on, but is "one".'],
    ["an unknown key", "seed: seed-1", "sed: seed-1", 'g.yaml:7:1: `golden` has no field "sed". Did you mean "seed"?'],
    [
      "an unknown key of an operation",
      "    request: { input: 1 }",
      "    requst: { input: 1 }",
      'g.yaml:92:5: `operation` has no field "requst". Did you mean "request"?',
    ],
    ["a doubled key", "seed: seed-1", "seed: seed-1\nplan: x", 'g.yaml:8:1: The key "plan" stands here for the second time.'],
    [
      "a doubled list",
      "events:",
      "operations:\n  - step: x\n\nevents:",
      'g.yaml:105:1: The key "operations" stands here for the second time.',
    ],
    [
      "a doubled key in a value",
      "{ desk: north }",
      "{ desk: north, desk: south }",
      'g.yaml:15:25: The key "desk" stands here for the second time.',
    ],
    [
      "a doubled path",
      "pay#2",
      "pay",
      'g.yaml:102:5: The operation "triage/route/billing/pay" stands here for the second time; a path is there once.',
    ],
    ["a missing field", "seed: seed-1\n", "", "g.yaml:1:1: `golden` has no `seed`, which it must have."],
    ["a wrong type", "seed: seed-1", "seed: [1]", "g.yaml:7:7: `seed` should be a text, but is a list."],
    [
      "half a moment",
      /startsAt: .*/,
      "startsAt: 2030-01-0:00:00.000Z",
      'g.yaml:6:11: `startsAt` should be a moment: "2026-01-31T12:00:00.000Z".',
    ],
    ["a wrong moment", /startsAt: .*/, "startsAt: today", 'g.yaml:6:11: `startsAt` should be a moment: "2026-01-31T12:00:00.000Z".'],
    ["an unknown kind", "- step: triage/clean", "- stp: triage/clean", 'g.yaml:41:5: `operation` has no field "stp". Did you mean "step"?'],
    [
      "no kind",
      "- step: triage/clean\n    request",
      "- request",
      "g.yaml:41:5: An operation begins with what it is and its path (`step: triage/fetch`): one of step, decide, model, tool, human, signal, sleep.",
    ],
    [
      "two answers",
      "response: { value: billing }",
      "response: { value: a, failure: {} }",
      "g.yaml:84:15: A response has a `value`, a `turn` or a `failure`: one of them.",
    ],
    [
      "an unknown code",
      "code: step_failed",
      "code: step_faled",
      'g.yaml:95:15: `code` is "step_faled", which it cannot be. Did you mean "step_failed"?',
    ],
    [
      "an unknown status",
      "status: cancelled",
      "status: canceled",
      'g.yaml:113:11: `status` is "canceled", which it cannot be. Did you mean "cancelled"?',
    ],
    ["a wrong count", "inputTokens: 212", "inputTokens: -3", "g.yaml:63:29: `inputTokens` should be a whole number from 0 on, but is -3."],
    [
      "a wrong cost",
      "cost: $0.000123",
      "cost: 0.000123 EUR",
      "g.yaml:64:13: `cost` should be dollars with at most nine decimals ($0.000123, $0.02 estimated), free or unknown.",
    ],
    ["a wrong moment in a value", /\$date: ".*"/, "$date: yesterday", 'g.yaml:44:53: It should be a moment: "2026-01-31T12:00:00.000Z".'],
    ["a wrong bigint", "1999n", "19 99n", 'g.yaml:70:42: It should be digits with an n: "12n".'],
    [
      "an unknown class",
      "{ desk: north }",
      "{ $custom: { tag: Gone, data: 1 } }",
      'g.yaml:15:21: A stored value is of the custom type "Gone", version 1, which this process cannot read.',
    ],
    ["a wrong field path", "set: [seen, 0]", "set: seen", 'g.yaml:46:18: `set` should be a list, but is "seen".'],
    [
      "a lost bracket",
      "{ desk: north }",
      "{ desk: north",
      "g.yaml:17:1: It is no YAML that a golden has: Flow map in block collection must be sufficiently indented and end with a }.",
    ],
    ["a lost quotation mark", 'subject: " Refund"', 'subject: " Refund', "g.yaml:42:41: This quotation mark has no end."],
    [
      "a line moved left",
      "    request: { value",
      "  request: { value",
      "g.yaml:83:3: It is no YAML that a golden has: Unexpected scalar at node end.",
    ],
    [
      "an anchor",
      "{ desk: north }",
      "&a { desk: north }",
      "g.yaml:15:10: A golden has no anchors: write the value out, or put a text that begins with & into quotation marks.",
    ],
    [
      "a bomb of aliases",
      "{ desk: north }",
      "[*a, *a, *a, *a]",
      "g.yaml:15:11: A golden has no aliases: write the value out, or put a text that begins with * into quotation marks.",
    ],
    [
      "a tag",
      "{ desk: north }",
      "!!js/function 'x'",
      "g.yaml:15:10: A golden has no tags: put a text that begins with ! into quotation marks.",
    ],
    ["great depth", "{ desk: north }", "[".repeat(50_000), "g.yaml:15:110: It is nested more than 100 levels deep."],
    ["two documents", "\nresult:", "\n---\nresult:", "g.yaml:112:1: A golden is one document: take this line out."],
    [
      "the marks of a merge",
      "seed: seed-1",
      "<<<<<<< HEAD\nseed: seed-1",
      "g.yaml:7:1: Here are two versions that git could not merge: take one of them, or record it again.",
    ],
  ])("%s", (_, from, to, message) => {
    expect(faultIn(edited(from, to))).toBe(message);
  });

  test("wherever it is cut off, it is refused: its end is never taken for the end of the run", () => {
    const end = text.indexOf("\nresult:");
    for (let length = 0; length <= end; length += 13) expect(faultIn(text.slice(0, length))).toMatch(/^g\.yaml:\d+:\d+: /);
  });
});

describe("payloads", () => {
  const intact = (name: string) => stored.payloads.get(name) ?? null;

  test("are read back", () => {
    expect(faultIn(stored.text, intact)).toBe("");
  });

  test.each<readonly [string, string, (name: string) => string | null, string]>([
    ["missing", stored.text, () => null, `g.yaml:6:17: The payload payloads/${longText} is missing: it belongs beside this file.`],
    [
      "changed",
      stored.text,
      (name) => `${intact(name)} `,
      `g.yaml:6:17: The payload payloads/${longText} was changed: its text does not have the hash that it is named by.`,
    ],
    [
      "of another folder",
      stored.text.replace("payloads/", "payloads/../"),
      intact,
      `g.yaml:6:17: "payloads/../${longText}" is no name of a payload, which is payloads/<32 digits>.txt or .json.`,
    ],
    ["text where there should be a value", stored.text.replace(/\$text/, "$json"), intact, /is no JSON/.source],
  ])("that are %s are refused at the place that names them", (_, golden, payload, message) => {
    expect(faultIn(golden, payload)).toMatch(
      message.startsWith("g.yaml") ? new RegExp(`^${message.replaceAll(/[.?*+^$[\]\\(){}|]/g, String.raw`\$&`)}$`) : new RegExp(message),
    );
  });

  test("are the same after a checkout that writes other line ends", () => {
    const windows = (unix: string | null) => unix?.replaceAll("\n", "\r\n") ?? null;
    expect(faultIn(windows(stored.text) ?? "", (name) => windows(intact(name)))).toBe("");
    expect(longValue).toMatch(/\.json$/);
  });
});

describe("answers that nobody gives like this", () => {
  const own = readFileSync(join(import.meta.dirname, "../own/an-agent-whose-tool-needs-a-person.golden.yaml"), "utf8");
  const recalled = "  - decide: p/ag/?history\n    name: ag\n    request: { value: { keep: whole } }\n    response: ";
  const call = "- { callId: call_0_0, name: pay, input: { q: x } }";

  test.each<readonly [what: string, from: string, to: string, line: number, message: RegExp]>([
    ["a list of calls that is none", `toolCalls:\n          ${call}`, "toolCalls: 5", 27, /^A model answers with a text, toolCalls/],
    ["a call that has no name", call, "- { callId: call_0_0, input: { q: x } }", 27, /^A model answers with a text, toolCalls/],
    ["a turn that is none", "turn: { text: done }", "value: done", 81, /^A model answers with a text, toolCalls/],
    ["an output without a value", "turn: { text: done }", "turn: { text: done, output: { ok: true } }", 81, /^A model answers/],
    ["an approval that decides nothing", "{ value: { decision: approve } }", "{ value: { decision: maybe } }", 67, /^An approval has a/],
    [
      "an approval that is a yes",
      "{ value: { decision: approve } }",
      "{ value: true }",
      67,
      /^An approval has a decision: approve, reject/,
    ],
    [
      "a conversation without items",
      "operations:\n",
      `operations:\n${recalled}{ value: { items: 5, tooLong: null } }\n`,
      26,
      /^What an agent/,
    ],
    [
      "an offer of tools that is none",
      "operations:\n",
      "operations:\n  - decide: p/ag/turn[0]/?tools\n    name: ag\n    response: { value: 5 }\n",
      25,
      /^What tool servers/,
    ],
  ])("%s is refused with its line", async (_, from, to, line, message) => {
    expect(own).toContain(from);
    const file = join(folder, "edited.golden.yaml");
    writeFileSync(file, own.replace(from, to));
    await expect(readGolden(file)).rejects.toMatchObject({
      code: "golden_unreadable",
      details: { file, line, what: expect.stringMatching(message) },
    });
  });
});

describe("files", () => {
  const inFolder = (name: string, content: string | Buffer) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const fault = async (file: string) => {
    const error: unknown = await readGolden(file).catch((thrown: unknown) => thrown);
    return error instanceof Error ? error.message.replaceAll(folder, "…").replace(/ Mend the file.*/s, "") : "";
  };

  test("that are not there, are folders, are no text or are pipes are refused", async () => {
    mkdirSync(join(folder, "a-folder"));
    symlinkSync(join(folder, "nowhere"), join(folder, "a-link"));
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "a-pipe")]);
    expect(await fault(join(folder, "gone"))).toBe("…/gone: There is no such file.");
    expect(await fault(join(folder, "a-link"))).toBe("…/a-link: There is no such file.");
    expect(await fault(join(folder, "a-folder"))).toBe("…/a-folder: It is a folder: name a file in it.");
    expect(await fault(join(folder, "a-pipe"))).toBe("…/a-pipe: It is no file.");
    expect(await fault(inFolder("bytes", Buffer.from([0x66, 0x0a, 0x0a, 0x67, 0xff, 0xfe])))).toBe("…/bytes:3:2: It is no text in UTF-8.");
    expect(await fault(inFolder("zeros", "format: 1\n\0"))).toBe("…/zeros:2:1: It is no text in UTF-8.");
    expect(await fault(inFolder("empty", ""))).toBe("…/empty:1:1: It does not say `format: 1`, so it is no golden.");
  });

  test("of 50 MB are refused with the line where they become too large, of which no more is read", async () => {
    const line = "  - step: triage/a\n";
    const file = inFolder("large", `format: 1\noperations:\n${line.repeat(50_000_000 / line.length)}`);
    const before = process.memoryUsage().arrayBuffers;
    const lines = Math.floor((16 * 1024 * 1024 - "format: 1\noperations:\n".length) / line.length) + 3;
    expect(await fault(file)).toBe(
      `…/large:${lines}:1: It has 50,000,004 bytes, and here it passes the 16,777,216 that it may have: record a smaller run.`,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(17 * 1024 * 1024);
  });

  test("with a mark of their byte order at the beginning are read", async () => {
    const golden = goldenWith({ operations: [stepAt("triage/a")] });
    expect(await readGolden(inFolder("marked", `\ufeff${printGolden(golden).text}`))).toStrictEqual(golden);
  });
});
