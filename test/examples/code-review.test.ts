import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { codeReview } from "../../examples/code-review/code-review.ts";
import { type Comment, findingsIn } from "../../examples/code-review/checks.ts";
import { filesOf, numbered } from "../../examples/code-review/diff.ts";
import { faults, resumeForTest, runForTest, type ScriptedModelCall, type ScriptedTurn, scriptedModel } from "../../src/testing/index.ts";

// A review is refined until functions and a critic have nothing to say against it.

const DIFF = readFileSync(fileURLToPath(new URL("../../examples/code-review/change.diff", import.meta.url)), "utf8");

const onLine = (line: number, remark = "This is not as it should be."): Comment => ({ line, severity: "major", remark });

type Said = (call: ScriptedModelCall, prompt: string) => ScriptedTurn | undefined;

/** A reviewer that says what a script says, or nothing, and a critic that has no doubt, unless it is told otherwise. */
function reviewers({ comment, doubt }: { readonly comment?: Said; readonly doubt?: Said } = {}) {
  const doubting = (call: ScriptedModelCall) => JSON.stringify(call.options.prompt[0]).includes("Check the comments");
  const model = scriptedModel((call) => {
    const prompt = JSON.stringify(call.options.prompt);
    if (doubting(call)) return doubt?.(call, prompt) ?? { json: { unfounded: [], why: null } };
    return comment?.(call, prompt) ?? { json: { comments: [] } };
  });
  const about = (file: string) =>
    model.calls
      .filter((call) => !doubting(call))
      .map(({ options }) => JSON.stringify(options.prompt))
      .filter((prompt) => prompt.includes(`File: ${file}`));
  return { model, about, with: { model: "test:reviewers", models: { "test:reviewers": model } } };
}

/** A diff of one file, of lines that are all new. */
const adding = (...lines: readonly string[]) =>
  ["--- a/a.ts", "+++ b/a.ts", `@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`), ""].join("\n");

test("with the offline model, what patterns find is told to the reviewer, and all of it is in its second review", async () => {
  const { result } = await runForTest(codeReview, DIFF);
  const { verdict, comments, rounds, unsettled } = result.unwrap();
  expect(verdict).toBe("request changes");
  expect(comments.map((line) => line.split(":").slice(0, 2).join(":"))).toEqual([
    "src/mail.ts:3 blocker",
    "src/mail.ts:6 minor",
    "src/orders.ts:24 blocker",
    "src/orders.ts:32 major",
    "test/orders.test.ts:5 major",
  ]);
  expect(rounds).toEqual({ "src/mail.ts": 2, "src/orders.ts": 2, "test/orders.test.ts": 2 });
  expect(unsettled).toEqual([]);
});

describe("the loop", () => {
  test("a review that passes nothing over and is not doubted is done at once", async () => {
    const { with: options, model } = reviewers({ comment: () => ({ json: { comments: [onLine(1, "The query is open to injection.")] } }) });
    const { result } = await runForTest(codeReview, adding("query(`SELECT 1 WHERE a = ${a}`)"), options);
    expect(result.unwrap()).toMatchObject({ verdict: "request changes", rounds: { "a.ts": 1 }, unsettled: [] });
    expect(model.calls).toHaveLength(2);
  });

  test("a line that is not part of the change, and one that was passed over, are told; the next review has them right", async () => {
    const scripts = [[onLine(7)], [onLine(2, "Nobody will read this trace.")]];
    const { with: options, about } = reviewers({ comment: () => ({ json: { comments: scripts.shift() ?? [] } }) });
    const { result } = await runForTest(codeReview, adding("const a = 1;", "console.log(a);"), options);
    expect(result.unwrap()).toMatchObject({ comments: ["a.ts:2 major: Nobody will read this trace."], rounds: { "a.ts": 2 } });
    const [first, second] = about("a.ts");
    expect(first).not.toContain("Not yet commented on");
    expect(second).toContain("Line 7 is not part of this change");
    expect(second).toContain("| 2 | minor | A trace was left behind.");
  });

  test("what the critic doubts goes back to the reviewer, in the critic's words", async () => {
    const scripts = [[onLine(1)], []];
    const { with: options, about } = reviewers({
      comment: () => ({ json: { comments: scripts.shift() ?? [] } }),
      doubt: (_, prompt) => (prompt.includes("Line 1 (major)") ? { json: { unfounded: [1], why: "Ones are fine." } } : undefined),
    });
    const { result } = await runForTest(codeReview, adding("const a = 1;"), options);
    expect(result.unwrap()).toMatchObject({ verdict: "approve", comments: [], rounds: { "a.ts": 2 } });
    expect(about("a.ts")[1]).toContain("Take back what you say of lines 1: Ones are fine.");
  });

  test("a reviewer that never listens is given up after three rounds: what patterns find is said without it, and the file is named", async () => {
    const { with: options, about } = reviewers({ comment: () => ({ json: { comments: [onLine(99)] } }) });
    const { result } = await runForTest(codeReview, adding("} catch {}"), options);
    expect(result.unwrap()).toMatchObject({
      verdict: "request changes",
      comments: ["a.ts:1 major: The failure is swallowed. Handle it, or let it through."],
      unsettled: ["a.ts"],
    });
    expect(about("a.ts")).toHaveLength(3);
  });
});

test.each([["----------"], ["const answer = 42;"], ["= 42 + 0x1f"]])("%j is no remark, and in no review", async (remark) => {
  const { with: options, about } = reviewers({ comment: () => ({ json: { comments: [onLine(1, remark)] } }) });
  const { result } = await runForTest(codeReview, adding("const answer = 42; // for now"), options);
  expect(result.unwrap()).toMatchObject({ verdict: "approve", comments: [], unsettled: ["a.ts"] });
  expect(about("a.ts")[1]).toContain("What you say of line 1 is no remark");
});

test("a comment that the critic doubts to the end is in no review", async () => {
  const { with: options } = reviewers({
    comment: () => ({ json: { comments: [onLine(1), onLine(2)] } }),
    doubt: () => ({ json: { unfounded: [2], why: "Twos are fine." } }),
  });
  const { result } = await runForTest(codeReview, adding("const a = 1;", "const b = 2;"), options);
  expect(result.unwrap()).toMatchObject({ comments: ["a.ts:1 major: This is not as it should be."], unsettled: ["a.ts"] });
});

describe("a diff", () => {
  test("has the numbers that the lines have now", () => {
    const [mail] = filesOf(DIFF);
    expect(mail && numbered(mail).split("\n").slice(2, 4)).toEqual([
      '     - const transport = createTransport({ host: "mail.internal", token: process.env["MAIL_TOKEN"] ?? "" });',
      '   3 + const transport = createTransport({ host: "mail.internal", token: "mail-4be1-77c0-9d52" });',
    ]);
    const orders = filesOf(DIFF)[1];
    expect(orders?.lines.find(({ number }) => number === 24)?.code).toContain("return this.#database.query<Order>(`SELECT");
  });

  test("of files that are gone, renamed or binary has nothing to review", () => {
    const gone = ["diff --git a/a b/a", "deleted file mode 100644", "--- a/a", "+++ /dev/null", "@@ -1 +0,0 @@", "-gone"].join("\n");
    const renamed = ["diff --git a/a b/b", "similarity index 100%", "rename from a", "rename to b"].join("\n");
    const binary = ["diff --git a/a.png b/a.png", "Binary files a/a.png and b/a.png differ"].join("\n");
    expect([gone, renamed, binary].flatMap(filesOf)).toEqual([]);
    expect(filesOf([gone, renamed, DIFF].join("\n")).map(({ file }) => file)).toEqual([
      "src/mail.ts",
      "src/orders.ts",
      "test/orders.test.ts",
    ]);
  });

  test("that is none is refused before there is a run, and the refusal says what to give", async () => {
    await expect(runForTest(codeReview, "hello")).rejects.toThrow("give what `git diff` writes");
  });

  test.each([
    ['const token = "abcdefgh";', 1],
    ['const token = process.env["TOKEN"];', 0],
    ["// TODO: later", 1],
    ["} catch (error) { throw error; }", 0],
    ['const sql = "SELECT 1";', 0],
    ["test.skip('a', () => {});", 0], // no test file
  ])("%j has %i findings", (code, count) => {
    expect(filesOf(adding(code)).flatMap(findingsIn)).toHaveLength(count);
  });

  test("finds nothing in lines that were there before, or are gone", () => {
    const diff = ["--- a/a.ts", "+++ b/a.ts", "@@ -1,2 +1,1 @@", " console.log(1);", "-console.log(2);", ""].join("\n");
    expect(filesOf(diff).flatMap(findingsIn)).toEqual([]);
  });
});

test("a process that dies at any of its operations leaves a run that comes to the same review", async () => {
  const whole = reviewers();
  const { result, entries } = await runForTest(codeReview, DIFF, whole.with);
  const keys = entries.flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []));
  for (const at of keys.filter((_, index) => index % 4 === 0)) {
    const { with: options, model } = reviewers();
    const crashed = await runForTest(codeReview, DIFF, { ...options, faults: faults([{ at, do: "crash" }]) });
    expect(crashed.result.status, at).toBe("stopped");
    const { result: resumed } = await resumeForTest(codeReview, crashed.result.runId, { state: crashed.state, models: options.models });
    expect(resumed.unwrap(), at).toEqual(result.unwrap());
    expect(model.calls.length - whole.model.calls.length, at).toBeLessThanOrEqual(4);
  }
});
