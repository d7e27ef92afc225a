import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Flujo } from "../../src/index.ts";
import { freshFolder } from "./fresh-folder.ts";
import { runDemo, runFile } from "./run-process.ts";

const LIMIT_MS = 60_000;

/** The arguments of a printed `npx flujo …` command. */
function commandIn(stdout: string, verb: string): readonly string[] {
  const [, args = ""] = new RegExp(`npx flujo (${verb} \\S+ --state \\S+)`).exec(stdout) ?? [];
  return args.split(" ");
}

test("without a terminal it tells its progress in plain lines, answers its own approval in words, and shows a dozen tickets", {
  timeout: LIMIT_MS,
  retry: 1,
}, async () => {
  const { code, stdout, stderr, longestSilenceMs, tookMs } = await runDemo({ cwd: freshFolder() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).not.toContain("\u001B");
  expect(stdout).toContain("approved by the demo, because nobody can be asked");
  expect(stdout).toMatch(/^ *7 {2}Charged twice, order 4471 +billing +\d {2}refund \$249\.00 approved$/m);
  expect(stdout.match(/^ *\d+ {2}\S.* (?:billing|bug|other) +[1-5] {2}\S/gm)).toHaveLength(12);
  expect(stdout).toMatch(/^Usage +[\d,]+ tokens in \d+ model calls · \d+ operations/m);
  expect(stdout).toMatch(/^Cost +\$0\.00 \(free.*\)\n +at openai:gpt-5-mini prices: about \$0\.\d+$/m);
  expect(stdout).toContain("lookUpCustomer: ");
  expect(Number(/^Labels +(\d+) of 12/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(10);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(longestSilenceMs).toBeLessThan(1_000);
  console.log(`demo: ${Math.round(tookMs)} ms, longest silence ${Math.round(longestSilenceMs)} ms`);
});

test("--json prints the typed result and nothing else on stdout", { timeout: LIMIT_MS }, async () => {
  const { code, stdout, stderr } = await runDemo({ cwd: freshFolder(), args: ["--json"] });
  expect(code).toBe(0);
  expect(stderr).toContain("12/12");
  const shown = JSON.parse(stdout);
  expect(shown).toMatchObject({
    status: "succeeded",
    cost: { kind: "free" },
    context: { refundedCents: 33_890, issuesFiled: 4, notes: ["ticket 7: approved by the demo, because nobody can be asked"] },
    estimate: { model: "openai:gpt-5-mini", cost: { kind: "estimated" } },
    labels: { of: 12 },
  });
  expect(shown.labels.right).toBeGreaterThanOrEqual(10);
  expect(shown.output.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test.each([80, 120])(
  "at a terminal of %i columns it moves, asks for real and keeps within the width",
  { timeout: LIMIT_MS },
  async (columns) => {
    const script = [
      { when: "Send it?", type: "n" },
      { when: "A note for the books", type: "ask Jane first\r" },
    ];
    const { code, stdout } = await runDemo({ cwd: freshFolder(), columns, script });
    expect(code).toBe(0);
    expect(stdout).toContain("\u001B[");
    expect(stdout.match(/\u001B\[\?2026h/g)?.length).toBeGreaterThan(5);
    expect(stdout).toMatch(/classify +\S*12×/);
    expect(stdout).toContain("refund $249.00 refused");
    expect(stdout).not.toContain("nobody can be asked");
    const plain = stdout.replaceAll(/\u001B\[\d*[ABDG]/g, "\n").replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, "");
    expect(Math.max(...plain.split(/[\r\n]+/).map((line) => line.length))).toBeLessThanOrEqual(columns);
  },
);

test("a question left open parks the run and says how to answer it", { timeout: LIMIT_MS }, async () => {
  const cwd = freshFolder();
  const { code, stdout } = await runDemo({ cwd, columns: 80, script: [{ when: "Send it?", type: "\u0003" }] });
  expect(code).toBe(130);
  const [, runId = ""] = /npx flujo answer (\S+) --state sqlite:\.flujo\/demo\.db/.exec(stdout) ?? [];
  await using flujo = new Flujo({ state: `sqlite:${join(cwd, ".flujo/demo.db")}` });
  expect(await flujo.list({ prefix: runId })).toMatchObject([
    { status: "paused", pauses: [{ name: "approve" }], source: { exportName: "triage" } },
  ]);
});

test("Ctrl-C parks the run, and the commands it names go on with it to the end", { timeout: LIMIT_MS }, async () => {
  const cwd = freshFolder();
  const { code, stdout, stderr } = await runDemo({ cwd, script: [{ when: "1/12", signal: "SIGINT" }] });
  expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  const resumed = await runFile("bin/flujo.js", { cwd, args: commandIn(stdout, "resume") });
  expect(resumed.code).toBe(3); // ticket 7 waits for its approval
  const [, runId = ""] = commandIn(stdout, "resume");
  const value = ["--value", '{"ok":true}', "--state", "sqlite:.flujo/demo.db"];
  const answered = await runFile("bin/flujo.js", { cwd, args: ["answer", runId, ...value] });
  expect(answered.code).toBe(0);
});

test("the trace that it offers next is there", { timeout: LIMIT_MS }, async () => {
  const cwd = freshFolder();
  const { stdout } = await runDemo({ cwd, args: ["--input", "Where is my parcel? Could you look it up for me?"] });
  const traced = await runFile("bin/flujo.js", { cwd, args: commandIn(stdout, "trace") });
  expect(traced.code).toBe(0);
  expect(traced.stdout).toContain("classify");
});

test("--input takes a ticket of one's own, as a text or from a file", { timeout: LIMIT_MS }, async () => {
  const cwd = freshFolder();
  const typed = await runDemo({ cwd, args: ["--input", "Hello, I was charged twice for order 4471. Please refund me."] });
  expect(typed.code).toBe(0);
  expect(typed.stdout).toMatch(/1 {2}Hello, I was charged twice for order 4471\. +billing +\d {2}refund \$249\.00 approved/);
  writeFileSync(
    join(cwd, "ticket.txt"),
    "Subject: Export\n\nThe export crashes on every start since the update, nothing works any more.\n",
  );
  const read = await runDemo({ cwd, args: ["--input", "@ticket.txt"] });
  expect(read.code).toBe(0);
  expect(read.stdout).toMatch(/1 {2}Export +bug +\d {2}issue 901/);
});

test("control sequences in a ticket reach nobody's terminal", { timeout: LIMIT_MS }, async () => {
  const { code, stdout } = await runDemo({
    cwd: freshFolder(),
    args: ["--input", "The export \u001B]0;owned\u0007 crashes \u001B[2J on every start."],
  });
  expect(code).toBe(0);
  expect(stdout).not.toContain("\u001B");
  expect(stdout).not.toContain("\u0007");
});
