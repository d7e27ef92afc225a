import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, Workshop } from "./harness.ts";
import { PROGRAMS } from "./programs.ts";

test("a run's output is all that goes to stdout; what happened, and what to do next, goes to stderr", async () => {
  using shop = new Workshop(PROGRAMS);
  const ended = await shop.flujo(["run", "shout.ts", "--input", "hello"]);
  expect(ended.stdout).toBe("HELLO\n");
  expect(ended.stderr).toMatch(/✔ shout {2}\d+ ms/);
  expect(ended.stderr).toMatch(/Next {2}flujo trace [0-9a-f]{8}-[0-9a-f]{4} /);
  expect(ended.stdout + ended.stderr).not.toContain("\u001B");
  expect(ended.code).toBe(0);
});

test("--quiet leaves the output alone", async () => {
  using shop = new Workshop(PROGRAMS);
  expect(await shop.flujo(["run", "shout.ts", "--input", "hello", "--quiet"])).toEqual({ code: 0, stdout: "HELLO\n", stderr: "" });
});

test("--json gives one document, and what steps print goes to stderr", async () => {
  using shop = new Workshop({
    "prints.ts":
      'import { step } from "flujo";\nexport default step("prints", (n: number) => { console.log("noise"); return { n, big: 10n, at: new Date(0) }; });',
  });
  const ended = await shop.flujo(["run", "prints.ts", "--input", "7", "--json", "--state", "memory"]);
  expect(documentOf(ended)).toMatchObject({ status: "succeeded", output: { n: 7, big: "10", at: "1970-01-01T00:00:00.000Z" } });
  expect(ended.stderr).toBe("noise\n");
});

test("the input comes from the words, from stdin, or from a file; what is not JSON is text", async () => {
  using shop = new Workshop({ ...PROGRAMS, "input.txt": "from a file\n", "input.json": '"from json"' });
  const outputs = [];
  for (const input of ["plain words", '"in quotes"', "@input.txt", "@input.json"])
    outputs.push((await shop.flujo(["run", "shout.ts", "-q", "--input", input])).stdout);
  outputs.push((await shop.flujo(["run", "shout.ts", "-q", "--input", "-"], { input: "from stdin\n" })).stdout);
  expect(outputs).toEqual(["PLAIN WORDS\n", "IN QUOTES\n", "FROM A FILE\n", "FROM JSON\n", "FROM STDIN\n"]);
});

test("JSON that does not fit is taken as the text it is, where that fits: as an input and as an answer", async () => {
  const text = `import { pipeline } from "flujo";
import { z } from "zod";
export default pipeline({ name: "zip" }).human("code", { answer: z.string() }).step("say", ({ answer }) => "code " + answer);
`;
  using shop = new Workshop({ ...PROGRAMS, "zip.ts": text });
  expect((await shop.flujo(["run", "shout.ts", "-q", "--input", "42"])).stdout).toBe("42\n");
  expect((await shop.flujo(["run", "shout.ts", "-q", "--input", '["a"]'])).stdout).toBe('["A"]\n');
  expect((await shop.flujo(["run", "zip.ts", "--run-id", "r1"])).code).toBe(3);
  expect(await shop.flujo(["answer", "r1", "-q", "--value", "01234"])).toEqual({ code: 0, stdout: "code 01234\n", stderr: "" });
  expect((await shop.flujo(["run", "zip.ts", "--run-id", "r2"])).code).toBe(3);
  expect((await shop.flujo(["answer", "r2", "-q", "--value", "42"])).stdout).toBe("code 42\n");
});

test("an agent runs without a key, and its tokens are told", async () => {
  using shop = new Workshop(PROGRAMS);
  const ended = await shop.flujo(["run", "agent.ts#keyless", "--input", "I was charged twice on my bill", "--model", "offline:extract"]);
  expect(ended.stdout).toMatch(/^area: (billing|bug)\n$/);
  expect(ended.stderr).toMatch(/\d+ tok in 1 model call · free · 1 operation recorded/);
  expect(ended.code).toBe(0);
});

test("a run that fails says why, and exits with 1", async () => {
  using shop = new Workshop(PROGRAMS);
  const ended = await shop.flujo(["run", "fails.ts", "--run-id", "r1", "--state", "sqlite:own.db"]);
  expect(ended.stdout).toBe("");
  expect(ended.stderr).toMatch(/^✖ fails\/breaks {2}\d+ ms {2}the printer is on fire$/m);
  const report = [
    "✖ fails/breaks: the printer is on fire",
    "  at fails.ts:3:9",
    "  `flujo trace r1 --state sqlite:own.db` shows every step.",
  ];
  expect(ended.stderr).toContain(report.join("\n"));
  expect((await shop.flujo(["show", "r1", "--state", "sqlite:own.db"])).stdout).toContain(report.join("\n"));
  expect(ended.stderr).toContain("[step_failed]");
  expect(ended.stderr).toMatch(/Next {2}flujo trace /);
  expect(ended.code).toBe(1);
});

test("a turn limit exits with 5", async () => {
  const text = `import { agent } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const model = scriptedModel(() => ({ text: "never JSON" }));
export default agent({ name: "stubborn", model, instructions: "x", output: z.object({ a: z.number() }), maxTurns: 2 });
`;
  using shop = new Workshop({ "stubborn.ts": text });
  const ended = await shop.flujo(["run", "stubborn.ts", "--input", "x", "--json"]);
  expect(documentOf(ended)).toMatchObject({ status: "failed", failure: { code: "turn_limit_exceeded" } });
  expect(ended.code).toBe(5);
});

test("--dry-run shows the plan and the model, runs nothing, makes no state; an input is checked where one is given", async () => {
  using shop = new Workshop({
    ...PROGRAMS,
    "numbers.ts": `import { step } from "flujo";
import { z } from "zod";
export default step({ name: "numbers", input: z.array(z.number()), run: (list) => list.length });
`,
  });
  const ended = await shop.flujo(["run", "slow.ts", "--dry-run"]);
  expect(ended.stdout).toMatch(/^slow 0\.0\.0 {2}plan [0-9a-f]{12}\n {2}├ one {2}step\n {2}└ two {2}step\n$/);
  expect(ended.stderr).toContain("Nothing was run");
  expect((await shop.flujo(["list"])).stdout).toContain("No runs yet");
  const wrong = await shop.flujo(["run", "numbers.ts", "--input", "x", "--dry-run"]);
  expect(wrong.code).toBe(4);
  const without = await shop.flujo(["run", "numbers.ts", "--dry-run"]);
  expect(without.stdout).toContain("numbers 0.0.0");
  expect(without.stderr).toContain("no input was given, so none was checked");
  expect(without.code).toBe(0);
});

test("a paused run is answered by its id alone, from another folder's point of view too", async () => {
  using shop = new Workshop(PROGRAMS);
  const paused = await shop.flujo(["run", "asks.ts", "--input", "Dear Ada", "--run-id", "letter-1"]);
  expect(paused.code).toBe(3);
  expect(paused.stdout).toBe("Run letter-1 waits for an answer.\n⏸ asks/approve\n  draft: Dear Ada\n");
  expect(paused.stderr).toContain("Next  flujo answer letter-1");
  expect((await shop.flujo(["list"])).stdout).toMatch(/letter-1 +asks +waits for an answer/);
  const shown = await shop.flujo(["show", "letter"]);
  expect(shown.stdout).toContain("draft: Dear Ada");
  const again = await shop.flujo(["resume", "letter"]);
  expect(again.code).toBe(3);
  const answered = await shop.flujo(["answer", "letter", "--value", "-", "-q"], { input: '{"ok": true}' });
  expect(answered).toEqual({ code: 0, stdout: "Dear Ada was sent\n", stderr: "" });
  expect((await shop.flujo(["resume", "letter", "-q"])).stdout).toBe("Dear Ada was sent\n");
});

test("a file that was moved is told, and --file says where it is now", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "asks.ts", "--input", "x", "--run-id", "r1"])).code).toBe(3);
  const { "asks.ts": text } = PROGRAMS;
  await shop.spawn(["rm", "asks.ts"], {});
  shop.write({ "moved/asks.ts": text });
  const lost = await shop.flujo(["answer", "r1", "--value", '{"ok":false}']);
  expect(lost.stderr).toContain("no longer there");
  expect(lost.stderr).toContain("--file FILE#export");
  expect(lost.code).toBe(2);
  const found = await shop.flujo(["answer", "r1", "--value", '{"ok":false}', "--file", "moved/asks.ts", "-q"]);
  expect(found).toEqual({ code: 0, stdout: "dropped\n", stderr: "" });
});

test("changed code is refused with exit code 4", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "asks.ts", "--input", "x", "--run-id", "r1"])).code).toBe(3);
  shop.write({ "asks.ts": PROGRAMS["asks.ts"].replace("was sent", "went out") });
  const ended = await shop.flujo(["answer", "r1", "--value", '{"ok":true}']);
  expect(ended.stderr).toContain("[plan_changed]");
  expect(ended.code).toBe(4);
});

test("Ctrl-C parks the run and says how to resume it; what is recorded is not done again", async () => {
  using shop = new Workshop(PROGRAMS);
  const parked = await shop.flujo(["run", "slow.ts", "--input", "x", "--run-id", "r1"], {
    onOutput: (said, kill) => said.includes("slow/one") && !said.includes("Parking") && kill("SIGINT"),
  });
  expect(parked.stderr).toContain("Run r1 is parked");
  expect(parked.stderr).toContain("Next  flujo resume r1");
  expect(parked.code).toBe(130);
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +slow +parked/);
  const resumed = await shop.flujo(["resume", "r1", "-q"], { env: { SLOW_MS: "1" } });
  expect(resumed).toEqual({ code: 0, stdout: "x one two\n", stderr: "" });
  expect(readFileSync(shop.path("effects.txt"), "utf8")).toBe("one\ntwo\ntwo\n");
});

test("a run whose process was killed is shown as interrupted, and can be resumed", async () => {
  using shop = new Workshop(PROGRAMS);
  const killed = await shop.flujo(["run", "slow.ts", "--input", "x", "--run-id", "r1"], {
    onOutput: (said, kill) => said.includes("slow/one") && kill("SIGKILL"),
  });
  expect(killed.code).toBe(null);
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +slow +interrupted/);
  expect((await shop.flujo(["show", "r1"])).stderr).toContain("flujo resume r1");
  expect((await shop.flujo(["resume", "r1", "-q"], { env: { SLOW_MS: "1" } })).stdout).toBe("x one two\n");
});

test("an interrupted run that the library began is gone on with by the command that is suggested for it", async () => {
  using shop = new Workshop({
    "crash.ts": `import { Flujo, pipeline } from "flujo";
export const job = pipeline({ name: "job" })
  .step("one", (n: number) => n + 1)
  .step("two", (n: number) => { if (process.env["CRASH"]) process.kill(process.pid, "SIGKILL"); return n * 2; });
if (process.env["CRASH"]) await new Flujo({ state: "sqlite:own.db" }).run(job, 1, { runId: "r1" });
`,
  });
  await shop.spawn([process.execPath, "--conditions=flujo-src", "crash.ts"], { env: { CRASH: "1" } });
  const state = ["--state", "sqlite:own.db"];
  const suggested = "flujo resume r1 --file FILE#export --state sqlite:own.db";
  expect((await shop.flujo(["show", "r1", ...state])).stderr).toContain(suggested);
  expect((await shop.flujo(["trace", "r1", ...state])).stderr).toContain(suggested);
  const early = await shop.flujo(["answer", "r1", "--value", "1", ...state]);
  expect(early.stderr).toContain("Run r1 was interrupted and waits for nothing yet");
  expect(early.stderr).toContain(`Resume it first: ${suggested}`);
  expect(early.code).toBe(2);
  expect((await shop.flujo(["resume", "r1", ...state])).stderr).toContain("--file FILE#export");
  expect((await shop.flujo(["resume", "r1", "-q", "--file", "crash.ts#job", ...state])).stdout).toBe("4\n");
});

test("list tells interrupted runs from running ones, and one pipeline from others", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["run", "slow.ts", "--input", "x", "--run-id", "r1"], {
    onOutput: (said, kill) => said.includes("slow/one") && kill("SIGKILL"),
  });
  await shop.flujo(["run", "shout.ts", "--input", "x", "--run-id", "r2"]);
  const idsOf = async (...words: readonly string[]) => {
    const { runs } = documentOf(await shop.flujo(["list", "--json", ...words])) as { readonly runs: readonly { readonly runId: string }[] };
    return runs.map(({ runId }) => runId);
  };
  expect(await idsOf()).toEqual(["r2", "r1"]);
  expect(await idsOf("--status", "interrupted")).toEqual(["r1"]);
  expect(await idsOf("--status", "running")).toEqual([]);
  expect(await idsOf("--pipeline", "shout")).toEqual(["r2"]);
  expect(await idsOf("--pipeline", "slow", "--status", "succeeded")).toEqual([]);
});

test("a step that waits for what can never happen ends with a word about it, and the run can be resumed", async () => {
  using shop = new Workshop({
    "stuck.ts": 'import { step } from "flujo";\nexport default step("stuck", () => new Promise<string>(() => {}));',
  });
  const ended = await shop.flujo(["run", "stuck.ts", "--json", "--run-id", "r1"]);
  expect(documentOf(ended)).toMatchObject({ error: { code: "step_failed", message: expect.stringContaining("never happen") } });
  expect(ended.code).toBe(1);
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +stuck +interrupted/);
});

test("whoever stops reading stops no run, and sees no stack", async () => {
  using shop = new Workshop({
    "long.ts": 'import { step } from "flujo";\nexport default step("long", () => Array.from({ length: 50_000 }, (_, n) => `line ${n}`));',
  });
  const { stdout, stderr } = await shop.spawn(
    [
      "sh",
      "-c",
      `"$0" --conditions=flujo-src "$1" run long.ts --run-id r1 2>errors.txt | head -1`,
      process.execPath,
      "node_modules/flujo/bin/flujo.js",
    ],
    {},
  );
  expect(stdout).toBe("- line 0\n");
  expect(stderr).toBe("");
  expect(readFileSync(shop.path("errors.txt"), "utf8")).not.toMatch(/EPIPE|\bat /);
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +long +succeeded/);
});

test("what a terminal would obey reaches it in no form, from outputs, errors, names and shown values", async () => {
  const evil = "\\u001b]0;title\\u0007\\u001b[31mred\\u202Eover\\u009b2Jclear\\r";
  const text = `import { pipeline } from "flujo";
import { z } from "zod";
export const says = pipeline({ name: "says" }).step("say", () => ({ text: "${evil}", ["${evil}"]: 1 }));
export const breaks = pipeline({ name: "breaks" }).step("break", (): string => { throw new Error("${evil}"); });
export const asks = pipeline({ name: "asks" }).human("ask", { show: () => "${evil}", answer: z.string().describe("${evil}") });
`;
  using shop = new Workshop({ "evil.ts": text });
  for (const [name, code] of [
    ["says", 0],
    ["breaks", 1],
    ["asks", 3],
  ] as const) {
    const ended = [await shop.flujo(["run", `evil.ts#${name}`, "--run-id", name])];
    for (const words of [["show", name, "--all"], ["trace", name], ["list"], ["show", name, "--json"], ["trace", name, "--json"]])
      ended.push(await shop.flujo(words));
    expect(ended[0]?.code).toBe(code);
    for (const { stdout, stderr } of ended)
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
  }
});

test("show and trace tell a finished run from its journal alone, without its code", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "agent.ts#offline", "--input", "my bill is wrong", "--run-id", "r1"])).code).toBe(0);
  await shop.spawn(["rm", "agent.ts"], {});
  const shown = await shop.flujo(["show", "r1"]);
  expect(shown.stdout).toMatch(/status +succeeded/);
  expect(shown.stdout).toMatch(/Result\n {2}area: (billing|bug)/);
  const traced = await shop.flujo(["trace", "r1"]);
  expect(traced.stdout).toMatch(/^ +in +out +cost +time\n✔ classify +\{ area: "\w+" \} +\d+ +\d+ +free /);
  expect(traced.stdout).toMatch(/└ ✔ model call 1 +offline:extract · .*"area"/);
  expect(traced.stdout).toMatch(/\ntotal {2}free · 1 model call · \d+ in · \d+ out · /);
  const tree = documentOf(await shop.flujo(["trace", "r1", "--json"]));
  expect(tree).toMatchObject({
    runId: "r1",
    root: { kind: "agent", status: "succeeded", children: [{ kind: "turn", usage: { modelCalls: 1 } }] },
  });
});

test("version, list and help load neither the AI SDK, nor zod, nor prompts", async () => {
  using shop = new Workshop(PROGRAMS);
  shop.write({
    "spy.mjs":
      'import { registerHooks } from "node:module";\nregisterHooks({ load(url, context, next) { if (/node_modules\\/(ai|zod|@ai-sdk|@clack)\\//.test(url)) process.stderr.write(`loaded ${url}\\n`); return next(url, context); } });',
  });
  expect((await shop.flujo(["run", "fails.ts"])).code).toBe(1);
  const env = { NODE_OPTIONS: `--import ${shop.path("spy.mjs")}` };
  for (const words of [["version"], ["--version"], ["list"], ["show", "0"], ["help"], ["run", "shout.ts", "--help"]]) {
    const { code, stderr } = await shop.flujo(words, { env });
    expect(stderr).not.toContain("loaded ");
    expect(code).toBe(0);
  }
  expect((await shop.flujo(["run", "shout.ts", "-i", "x"], { env })).stderr).toContain("loaded "); // the spy sees what there is to see
});

test(".env is loaded, and the environment goes before it", async () => {
  using shop = new Workshop({
    ".env": "FLUJO_STATE=sqlite:elsewhere.db\nGREETING=from the file\n",
    "env.ts": 'import { step } from "flujo";\nexport default step("env", () => process.env["GREETING"]);',
  });
  expect((await shop.flujo(["run", "env.ts", "-q"])).stdout).toBe("from the file\n");
  expect((await shop.flujo(["run", "env.ts", "-q"], { env: { GREETING: "from outside" } })).stdout).toBe("from outside\n");
  expect((await shop.flujo(["list", "--json"])).stdout).toContain("sqlite:elsewhere.db");
});
