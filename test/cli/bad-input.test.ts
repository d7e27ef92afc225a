import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, type Ended, errorOf, Workshop } from "./harness.ts";
import { PROGRAMS } from "./programs.ts";

/** One clear error: code, message and remedy on stderr, nothing on stdout, no stack. */
function expectError(ended: Ended, expected: { readonly code: number; readonly error: string; readonly says: readonly string[] }): void {
  expect(ended.stdout).toBe("");
  expect(ended.stderr).toContain(`[${expected.error}]`);
  for (const words of expected.says) expect(ended.stderr).toContain(words);
  expect(ended.stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(ended.code).toBe(expected.code);
}

test("an input of the wrong shape is refused before a run is made", async () => {
  using shop = new Workshop(PROGRAMS);
  shop.write({
    "count.ts": `import { step } from "flujo";
import { z } from "zod";
export default step({ name: "count", input: z.array(z.object({ sku: z.string() })), run: (list) => list.length });
`,
  });
  expectError(await shop.flujo(["run", "count.ts", "--input", "42"]), {
    code: 4,
    error: "input_invalid",
    says: ['The input of "count" does not fit', "expected array, received number"],
  });
  expectError(await shop.flujo(["run", "count.ts", "--input", '[{"sku":"a"']), {
    code: 4,
    error: "input_invalid",
    says: ["expected array, received string", "begins like JSON but is none", "position 11", "Mend the JSON"],
  });
  expectError(await shop.flujo(["run", "count.ts", "--input", '["']), { code: 4, error: "input_invalid", says: ["JSON", "nterminated"] });
  expect(existsSync(shop.path(".flujo"))).toBe(false);
});

test("no input where one is needed says how to give one", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "shout.ts"]), { code: 4, error: "input_invalid", says: ["--input VALUE"] });
});

test("a context for a pipeline without one is refused", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "slow.ts", "--input", "x", "--context", '{"a":1}']), {
    code: 4,
    error: "context_invalid",
    says: ["declares no context"],
  });
  expectError(await shop.flujo(["run", "slow.ts", "--context", "{a}"]), {
    code: 2,
    error: "usage_invalid",
    says: ["--context", "not JSON"],
  });
});

test.each([
  ["an unknown provider", "agent.ts#unknown", "model_unknown", ['"opnai"', 'Did you mean "openai"?']],
  ["a model without its provider", "agent.ts#bare", "model_unknown", ['"openai:gpt-5-mini"']],
  ["a missing key", "agent.ts#keyless", "api_key_missing", ["OPENAI_API_KEY is not set", "Set OPENAI_API_KEY"]],
])("%s is said before a run is made", async (_what, file, error, says) => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", file, "--input", "hello"]), { code: 2, error, says });
  expect(existsSync(shop.path(".flujo"))).toBe(false);
});

test("an unknown model given with --model is refused too", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "agent.ts#offline", "--input", "hello", "--model", "offline:extrakt"]), {
    code: 2,
    error: "model_unknown",
    says: ["offline:extract"],
  });
});

test.each([
  ["several programs and no export named", "two.ts", "export_not_found", ["first, second", "two.ts#first"]],
  ["an unknown export", "two.ts#frist", "export_not_found", ['no "frist"', 'Did you mean "first"?']],
  ["an export that is no program", "two.ts#helper", "export_not_found", ["is a function, not a program"]],
  ["a missing file", "shuot.ts", "file_not_loadable", ["There is no file shuot.ts", 'Did you mean "shout.ts"?']],
  ["a folder", ".", "file_not_loadable", ["is a folder", "shout.ts"]],
])("%s is told with what there is", async (_what, file, error, says) => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", file, "--input", "1"]), { code: 2, error, says });
});

test.each([
  ["a file that throws", "const a = 1;\nexport default a;\nnull.x();", "file_not_loadable", ["bad.ts:3", "threw while it was loaded"]],
  ["a file that throws text", "throw 'just text';", "file_not_loadable", ["bad.ts", "just text"]],
  [
    "TypeScript that cannot be erased",
    "export const a = 1;\nenum Color { Red }",
    "file_syntax_unsupported",
    ["bad.ts:2", "enum", "Types are erased"],
  ],
  ["broken TypeScript", "export const a = 1;\nexport const b = ;", "file_not_loadable", ["bad.ts:2", "Expression expected"]],
  ["a package that is not installed", 'import "not-there";', "file_not_loadable", ["not-there", "npm install not-there"]],
  ["an import without its ending", 'import { shout } from "./shout";', "file_not_loadable", ["shout", "with its ending"]],
  [
    "an import of something that is not exported",
    'import { nope } from "./shout.ts";\nexport default nope;',
    "file_not_loadable",
    ["bad.ts:1", "nope"],
  ],
  ["a file that never loads", "await new Promise(() => {});", "file_not_loadable", ["bad.ts", "top-level await"]],
  ["a file that exports nothing", "export {};", "export_not_found", ["exports nothing"]],
])("%s is told with file, line and remedy, without a stack", async (_what, text, error, says) => {
  using shop = new Workshop({ ...PROGRAMS, "bad.ts": text });
  expectError(await shop.flujo(["run", "bad.ts"]), { code: 2, error, says });
});

test("broken JavaScript is told with its line", async () => {
  using shop = new Workshop({ "bad.mjs": "export const a = 1;\nexport const b = ;" });
  expectError(await shop.flujo(["run", "bad.mjs"]), { code: 2, error: "file_not_loadable", says: ["bad.mjs:2"] });
});

test("--verbose shows the stack", async () => {
  using shop = new Workshop({ "bad.ts": "throw new Error('boom');" });
  const ended = await shop.flujo(["run", "bad.ts", "--verbose"]);
  expect(ended.stderr).toMatch(/caused by: Error: boom\n\s+at /);
  expect(ended.code).toBe(2);
});

test("siblings of one name are refused with their place", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "twins.ts", "--input", "1"]), { code: 4, error: "pipeline_invalid", says: ["same"] });
});

test("a state file that is no database is refused and kept byte for byte", async () => {
  using shop = new Workshop(PROGRAMS);
  const junk = Buffer.from("this is my diary, not a database ".repeat(40));
  writeFileSync(shop.path("diary.txt"), junk);
  for (const words of [["run", "shout.ts", "--input", "x"], ["list"], ["show", "x"]]) {
    expectError(await shop.flujo([...words, "--state", "sqlite:diary.txt"]), {
      code: 2,
      error: "state_unreadable",
      says: ["diary.txt", "not a SQLite database"],
    });
  }
  expect(readFileSync(shop.path("diary.txt")).equals(junk)).toBe(true);
});

test("a damaged state file is refused and kept byte for byte", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "shout.ts", "--input", "x", "--quiet"])).code).toBe(0);
  const file = shop.path(".flujo/state.db");
  const damaged = readFileSync(file);
  damaged.fill(0x5a, 100);
  writeFileSync(file, damaged);
  expectError(await shop.flujo(["list"]), { code: 2, error: "state_unreadable", says: [".flujo/state.db"] });
  expect(readFileSync(file).equals(damaged)).toBe(true);
});

/** Root may read and write everything, unless that right is taken from it; a test that leaves it there proves nothing. */
const WITHOUT_ROOT_RIGHTS = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];

test("a state file that may not be read is refused and kept", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "shout.ts", "--input", "x", "--quiet"])).code).toBe(0);
  const file = shop.path(".flujo/state.db");
  const before = readFileSync(file);
  chmodSync(file, 0);
  const raw = await shop.spawn([...WITHOUT_ROOT_RIGHTS, "cat", file], {});
  expect(raw.code).not.toBe(0); // the reading itself fails, so what follows says something
  const ended = await shop.flujo(["list"], { under: WITHOUT_ROOT_RIGHTS });
  expectError(ended, { code: 2, error: "state_unreadable", says: [".flujo/state.db", "may not read", "Give this user the right"] });
  chmodSync(file, 0o600);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a state file of a newer version is refused and kept byte for byte", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "shout.ts", "--input", "x", "--quiet"])).code).toBe(0);
  const file = shop.path(".flujo/state.db");
  const newer = readFileSync(file);
  newer.writeUInt32BE(9_999, 60);
  writeFileSync(file, newer);
  expectError(await shop.flujo(["list"]), { code: 2, error: "state_newer", says: ["newer version", "Update flujo"] });
  expect(readFileSync(file).equals(newer)).toBe(true);
});

test("a place for state that is none is refused", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "shout.ts", "--input", "x", "--state", "postgres://x"]), {
    code: 2,
    error: "usage_invalid",
    says: ["postgres://x", "sqlite:PATH"],
  });
});

test("an answer of the wrong shape is refused, and the run goes on waiting", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "asks.ts", "--input", "mail", "--run-id", "r1"])).code).toBe(3);
  expectError(await shop.flujo(["answer", "r1", "--value", '{"ok":"maybe"}']), {
    code: 4,
    error: "answer_invalid",
    says: ["ok", "goes on waiting"],
  });
  expectError(await shop.flujo(["answer", "r1", "--pause", "aprove", "--value", "{}"]), {
    code: 2,
    error: "pause_not_found",
    says: ["asks/approve"],
  });
  await shop.flujo(["run", "slow.ts", "--input", "x", "--run-id", "r2"], {
    onOutput: (said, kill) => said.includes("slow/one") && !said.includes("Parking") && kill("SIGINT"),
  });
  expectError(await shop.flujo(["answer", "r2", "--value", "1"]), {
    code: 2,
    error: "pause_not_found",
    says: ["Run r2 was parked and waits for nothing yet", "flujo resume r2"],
  });
  expectError(await shop.flujo(["answer", "r1"]), { code: 2, error: "usage_invalid", says: ["no terminal", "--value"] });
  const ended = await shop.flujo(["answer", "r1", "--value", '{"ok":true}', "--json"]);
  expect(documentOf(ended)).toMatchObject({ status: "succeeded", output: "mail was sent" });
  expectError(await shop.flujo(["answer", "r1", "--value", "{}"]), { code: 2, error: "pause_not_found", says: ["waits for nothing"] });
});

test("an unknown or ambiguous run id is told with the runs there are", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["show", "abc"]), { code: 2, error: "run_not_found", says: ["no state at sqlite:.flujo/state.db"] });
  expect(existsSync(shop.path(".flujo"))).toBe(false);
  for (const id of ["run-a1", "run-a2"]) expect((await shop.flujo(["run", "shout.ts", "--input", "x", "--run-id", id])).code).toBe(0);
  expectError(await shop.flujo(["show", "nope"]), { code: 2, error: "run_not_found", says: ["No run begins with", "run-a2"] });
  expectError(await shop.flujo(["trace", "run-a"]), { code: 2, error: "run_not_found", says: ["run-a1", "run-a2", "Give more of the id"] });
  expect((await shop.flujo(["show", "run-a1"])).code).toBe(0);
  expectError(await shop.flujo(["run", "shout.ts", "--input", "x", "--run-id", "run-a1"]), {
    code: 2,
    error: "run_exists",
    says: ["run-a1"],
  });
  expectError(await shop.flujo(["run", "shout.ts", "--input", "x", "--run-id", "../x"]), {
    code: 2,
    error: "run_id_malformed",
    says: ["../x"],
  });
});

test("a run of a process that is alive is left to it, and it is named", async () => {
  using shop = new Workshop(PROGRAMS);
  let told: Promise<Ended> | null = null;
  const first = await shop.flujo(["run", "slow.ts", "--input", "x", "--run-id", "r1"], {
    onOutput: (said, kill) => {
      if (!said.includes("slow/one")) return;
      told ??= shop.flujo(["resume", "r1"]).finally(() => kill("SIGTERM"));
    },
  });
  expect(first.code).toBe(130);
  const second = await (told ?? Promise.reject(new Error("The first process never told of its first step.")));
  expectError(second, { code: 2, error: "run_owned", says: ["process "] });
});

test("errors of every command are one JSON document with --json, those of the command line too", async () => {
  using shop = new Workshop(PROGRAMS);
  const cases = [
    { args: ["run", "nope.ts"], code: "file_not_loadable" },
    { args: ["show", "x"], code: "run_not_found" },
    { args: ["trace", "x"], code: "run_not_found" },
    { args: ["resume", "x"], code: "run_not_found" },
    { args: ["answer", "x"], code: "run_not_found" },
    { args: ["list", "--limit", "none"], code: "usage_invalid" },
    { args: ["lsit"], code: "usage_invalid" },
    { args: ["run", "--inptu"], code: "usage_invalid" },
    { args: ["run"], code: "usage_invalid" },
  ];
  for (const { args, code } of cases) {
    const ended = await shop.flujo([...args, "--json"]);
    expect(errorOf(ended), args.join(" ")).toMatchObject({ code, message: expect.any(String), remedy: expect.any(String) });
    expect(ended.code, args.join(" ")).toBe(2);
  }
});

test("an unknown command or option is told with what was meant", async () => {
  using shop = new Workshop();
  expectError(await shop.flujo(["lsit"]), { code: 2, error: "usage_invalid", says: ["Did you mean list?"] });
  expectError(await shop.flujo(["list", "--jsn"]), { code: 2, error: "usage_invalid", says: ["Did you mean --json?"] });
});

test("a file for --input that is not there is told", async () => {
  using shop = new Workshop(PROGRAMS);
  expectError(await shop.flujo(["run", "shout.ts", "--input", "@nope.txt"]), { code: 2, error: "usage_invalid", says: ["nope.txt"] });
});

test("a .env that cannot be read, or has a broken line, is said, and the command goes on", async () => {
  using shop = new Workshop({ ...PROGRAMS, ".env": 'A=1\nthis is nothing\nB="two\nlines"\n# fine\n' });
  const ended = await shop.flujo(["list"]);
  expect(ended.stderr).toContain("Line 2 of .env");
  expect(ended.stderr).not.toContain("Line 4");
  expect(ended.code).toBe(0);
  using other = new Workshop({ ".env/x": "" });
  const folder = await other.flujo(["list"]);
  expect(folder.stderr).toContain(".env could not be read");
  expect(folder.code).toBe(0);
});

test("what is thrown outside of any step is one clear error too, and the run can be gone on with", async () => {
  const text = `import { setTimeout as sleep } from "node:timers/promises";
import { step } from "flujo";
export default step("stray", async () => { if (!process.env["CALM"]) setTimeout(() => { throw new Error("a stray timer"); }, 20); await sleep(200); return "fine"; });
`;
  using shop = new Workshop({ "stray.ts": text });
  expectError(await shop.flujo(["run", "stray.ts", "--run-id", "r1", "-q"]), {
    code: 1,
    error: "step_failed",
    says: ["a stray timer", "resume the run"],
  });
  expect((await shop.flujo(["resume", "r1", "-q"], { env: { CALM: "1" } })).stdout).toBe("fine\n");
});
