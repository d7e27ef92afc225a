import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, type Ended, errorOf, Workshop } from "../../cli/harness.ts";
import { PROGRAMS, TICKET } from "./programs.ts";

function refused(ended: Ended, code: number, ...says: readonly string[]): void {
  expect(ended.stdout).toBe("");
  for (const words of says) expect(ended.stderr).toContain(words);
  expect(ended.code).toBe(code);
}

test("a golden is written over only when that is said, and nobody is asked before", async () => {
  using shop = new Workshop(PROGRAMS);
  const record = ["golden", "record", "desk.ts", "--input", TICKET, "--name", "twice"];
  expect((await shop.flujo(record)).code).toBe(0);
  const asked = readFileSync(shop.path("asked.txt"), "utf8");
  refused(
    await shop.flujo(record),
    2,
    "There is a golden goldens/desk/twice.golden.yaml already.",
    "flujo golden update desk/twice",
    "--force",
  );
  expect(readFileSync(shop.path("asked.txt"), "utf8")).toBe(asked);
  const before = readFileSync(shop.path("goldens/desk/twice.golden.yaml"), "utf8");
  expect((await shop.flujo([...record, "--force"])).code).toBe(0);
  expect(readFileSync(shop.path("goldens/desk/twice.golden.yaml"), "utf8")).toBe(before);
});

test("where nobody answers, the golden ends paused, and it is said which answer would go on", async () => {
  using shop = new Workshop(PROGRAMS);
  const paused = await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET]);
  expect(paused.code).toBe(0);
  expect(paused.stdout).toContain("the run waits at desk/approve");
  expect(paused.stdout).toContain("--force --answer 'approve=…'");
  expect((await shop.flujo(["golden", "check"])).code).toBe(0);
  const { status, waitsFor } = documentOf(await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, "--force", "--json"]));
  expect({ status, waitsFor }).toEqual({ status: "paused", waitsFor: [{ path: "desk/approve", name: "approve", kind: "human" }] });
  const answered = await shop.flujo([
    "golden",
    "record",
    "desk.ts",
    "--input",
    TICKET,
    "--force",
    "--answer",
    'approve={"ok":false}',
    "--answer",
    "aprove=1",
  ]);
  expect(answered.stdout).toContain("the run succeeded");
  expect(answered.stderr).toContain('Nothing has asked for the answer "aprove". Did you mean "approve"?');
  refused(await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, "--force", "--answer", "approve=7"]), 4, "[answer_invalid]");
});

test("an answer that nothing asks for, where something else waits, is refused and not written", async () => {
  using shop = new Workshop(PROGRAMS);
  const record = ["golden", "record", "desk.ts", "--input", TICKET, "--answer"];
  const misspelt = await shop.flujo([...record, 'aprove={"ok":true}']);
  refused(
    misspelt,
    2,
    'Nothing has asked for the answer "aprove". Did you mean "approve"? The run waits at desk/approve, and nobody has answered there.',
    "Nothing was written.",
    "Answer it: --answer 'approve=…'",
  );
  expect(existsSync(shop.path("goldens"))).toBe(false);
});

test("what is wrong with the command line is said before anybody is asked", async () => {
  using shop = new Workshop(PROGRAMS);
  const record = (...more: readonly string[]) => shop.flujo(["golden", "record", "desk.ts", ...more]);
  refused(await record(), 4, "Give an input: --input VALUE");
  refused(await record("--input", "{}"), 4, "[input_invalid]");
  refused(await record("--input", TICKET, "--name", "../x"), 2, '"../x" cannot be the name of a golden');
  refused(await record("--input", TICKET, "--answer", "approve"), 2, '"approve" answers nothing.', "--answer NAME=VALUE");
  refused(await record("--input", TICKET, "--answer", "a=1", "--answer", "a=2"), 2, '"a" is answered twice.');
  refused(await record("--input", TICKET, "--at", "soon"), 2, '--at is to be a date, and "soon" is none.');
  refused(await record("--input", TICKET, "--model", "openai:gpt-5-mini"), 2, "[api_key_missing]");
  expect(existsSync(shop.path("asked.txt"))).toBe(false);
  expect(existsSync(shop.path("goldens"))).toBe(false);
});

test("time, chance and secrets are the golden's: a second recording is the same to the byte", async () => {
  using shop = new Workshop({
    "chance.ts": `import { pipeline } from "flujo";
export default pipeline({ name: "chance" }).step("draw", (key: string) => ({
  at: new Date().toISOString(), id: crypto.randomUUID(), key, mail: process.env["OWNER"], token: process.env["SHOP_TOKEN"],
}));
`,
  });
  const env = { OWNER: "ada@lovelace.example", SHOP_TOKEN: "q8fhw3ohf87w3gf" };
  const texts = [];
  for (const more of [[], [], ["--seed", "7", "--at", "2026-02-03"]]) {
    const ended = await shop.flujo(
      ["golden", "record", "chance.ts", "--input", "sk-proj-abcdefghijklmnopqrstuvwxyz123456", "--name", "x", "--force", ...more],
      { env },
    );
    expect(ended.stdout).toMatch(/redacted: (?=.*1 key or token)(?=.*1 secret)(?=.*1 e-mail address)/);
    texts.push(readFileSync(shop.path("goldens/chance/x.golden.yaml"), "utf8"));
  }
  expect(texts[1]).toBe(texts[0]);
  expect(texts[0]).toContain("2030-01-01T00:00:00.000Z");
  expect(texts[2]).toContain('at: "2026-02-03T00:00:00.000Z"');
  expect(texts[2]).not.toBe(texts[0]?.replaceAll("2030-01-01", "2026-02-03"));
  for (const text of texts) expect(text).not.toMatch(/lovelace|q8fhw3|abcdefghij/);
  expect((await shop.flujo(["golden", "check"], { env })).code).toBe(0);
});

test.each([
  ["hello.ts", "Ada  Lovelace, née Byron, wrote the first program of them all", "ada-lovelace-née-byron-wrote-the-first"],
  ["hello.ts", "…!?", "default"],
  ["hello.ts", "ada@lovelace.example", "person-1-redacted-example"],
  ["desk.ts", TICKET, "i-was-charged-twice"],
])("the golden of %s with %j is called %s", async (file, input, name) => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["golden", "record", file, "--input", input])).code).toBe(0);
  const [folder = ""] = readdirSync(shop.path("goldens"));
  expect(readdirSync(shop.path(`goldens/${folder}`))).toEqual([`${name}.golden.yaml`]);
});

test("goldens are written below the nearest folder of theirs, and their programs are found from there", async () => {
  using shop = new Workshop({ "deep/own/program.ts": PROGRAMS["hello.ts"], "deep/goldens/keep.txt": "" });
  const under = ["sh", "-c", 'cd deep/own && exec "$@"', "sh"];
  expect((await shop.flujo(["golden", "record", "program.ts", "--input", "Ada"], { under })).stdout).toContain(
    "../goldens/hello/ada.golden.yaml",
  );
  expect(readFileSync(shop.path("deep/goldens/hello/ada.golden.yaml"), "utf8")).toContain("source: own/program.ts#hello\n");
  expect((await shop.flujo(["golden", "check"])).stdout).toContain("1 golden checked: 1 clean");
});

test("any run of the past becomes a golden, and its secrets do not", async () => {
  using shop = new Workshop({ ...PROGRAMS, ".env": "FLUJO_STATE=sqlite:elsewhere.db\n" });
  expect((await shop.flujo(["run", "desk.ts", "--input", TICKET, "--run-id", "r1"])).code).toBe(3);
  expect((await shop.flujo(["answer", "r1", "--value", '{"ok":true}'])).code).toBe(0);
  const made = await shop.flujo(["golden", "from-run", "r1"]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.stdout).toContain("Recorded goldens/desk/i-was-charged-twice.golden.yaml");
  expect(made.stderr).toContain("flujo golden check desk/i-was-charged-twice ");
  const text = readFileSync(shop.path("goldens/desk/i-was-charged-twice.golden.yaml"), "utf8");
  expect(text).toContain("source: desk.ts#default\n");
  expect(text).not.toContain("lovelace");
  expect((await shop.flujo(["golden", "check"])).stdout).toContain("1 golden checked: 1 clean");
  refused(await shop.flujo(["golden", "from-run", "r1"]), 2, "There is a golden");
  const other = await shop.flujo(["golden", "from-run", "r1", "--name", "other", "--state", "sqlite:elsewhere.db"]);
  expect(other).toMatchObject({ code: 0, stderr: expect.stringContaining("flujo golden check desk/other ") });
  expect(other.stderr).not.toContain("--state"); // a golden is a file: no state is needed for it
  refused(await shop.flujo(["golden", "from-run", "r2"]), 2, 'No run begins with "r2"');
  expect(errorOf(await shop.flujo(["golden", "from-run", "r1", "--state", "sqlite:none.db", "--json"])).code).toBe("run_not_found");
});

test("the rules of a project are in its package.json, hold for recording and checking, and are refused where they are none", async () => {
  using shop = new Workshop(PROGRAMS);
  const say = (golden: unknown) => shop.write({ "package.json": JSON.stringify({ type: "module", flujo: { golden } }) });
  const check = () => shop.flujo(["golden", "check"]);
  say({ redact: { rules: [{ name: "customer", pattern: "C-\\d{4}" }], patterns: { email: false } } });
  const made = await shop.flujo(["golden", "record", "hello.ts", "--input", "C-1234 ada@lovelace.example", "--name", "x"]);
  expect(made.stdout).toContain('redacted: 1 "customer"');
  expect(readFileSync(shop.path("goldens/hello/x.golden.yaml"), "utf8")).toContain("[customer-1] ada@lovelace.example");
  expect((await check()).code).toBe(0);
  shop.write({ "hello.ts": PROGRAMS["hello.ts"].replace("Hello", "Hi") });
  expect((await check()).code).toBe(1);
  say({ levels: { output: "warn", result: "warn", request: "warn" } });
  const warned = await check();
  expect(warned).toMatchObject({ code: 0 });
  expect(warned.stdout).toContain("1 golden checked: 1 with warnings");
  say({ levels: "fail", paths: [{ path: "hello", levels: "ignore" }], usageTolerance: 0.1 });
  expect((await check()).code).toBe(1); // what the run gives has no path
  for (const [wrong, words] of [
    [{ levls: {} }, '`flujo.golden.levls` is not known. Did you mean "levels"?'],
    [{ levels: { output: "wran" } }, '`flujo.golden.levels.output` should be one of fail, warn, ignore. Did you mean "warn"?'],
    [{ levels: { outptu: "warn" } }, 'Did you mean "output"?'],
    [{ paths: [{ levels: "warn" }] }, "`flujo.golden.paths[0].path` is missing."],
    [{ usageTolerance: "5 %" }, "should be a share"],
    [{ redact: { rules: [{ name: "a", pattern: "(" }] } }, "is no regular expression"],
    [{ redact: { patterns: { mail: false } } }, "`flujo.golden.redact.patterns.mail` is not known."],
    ["strict", "`flujo.golden` should be an object."],
  ] as const) {
    say(wrong);
    refused(await check(), 2, words);
  }
});

test("a golden that holds a failure says so; an answer of the wrong shape is told to who gave it", async () => {
  using shop = new Workshop({
    ...PROGRAMS,
    "fails.ts": `import { pipeline } from "flujo";
export default pipeline({ name: "fails" }).step("boom", (): string => { throw new Error("boom"); });
`,
  });
  const failed = await shop.flujo(["golden", "record", "fails.ts", "-i", "x"]);
  expect(failed.code).toBe(0);
  expect(failed.stdout).toContain("  ! The golden holds this failure, and a check expects just that.");
  const wrong = await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, "--answer", "approve=yes"]);
  refused(wrong, 4, "The answer to desk/approve does not fit", "Give with --answer NAME=VALUE", "Nothing was written.");
  expect(wrong.stderr).not.toContain("goes on waiting");
});

test("of a run that waits, it is said how it is answered and made again, and that is how it is", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["run", "desk.ts", "--input", TICKET, "--run-id", "r1"]);
  const waits = await shop.flujo(["golden", "from-run", "r1", "--name", "past"]);
  expect(waits.stdout).toContain("and a check expects just that. Answer the run, then make it again:\n");
  expect(waits.stdout).toContain("\n      flujo answer r1\n      flujo golden from-run r1 --name past --force\n");
  expect(waits.stdout).not.toContain("--answer");
  expect((await shop.flujo(["answer", "r1", "--value", '{"ok":true}'])).code).toBe(0);
  const again = await shop.flujo(["golden", "from-run", "r1", "--name", "past", "--force"]);
  expect(again.stdout).toContain("the run succeeded");
});

test("in CI a new golden is made, and none is written over", async () => {
  using shop = new Workshop(PROGRAMS);
  const record = ["golden", "record", "hello.ts", "--input", "Ada", "--force"];
  const inCi = { env: { CI: "1" } };
  expect((await shop.flujo(record, inCi)).code).toBe(0);
  shop.write({ "hello.ts": PROGRAMS["hello.ts"].replace("Hello", "Hi") });
  refused(await shop.flujo(record, inCi), 2, "in CI none is written over");
  expect(readFileSync(shop.path("goldens/hello/ada.golden.yaml"), "utf8")).toContain("HELLO, ADA!");
});
