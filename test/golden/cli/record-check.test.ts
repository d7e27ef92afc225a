import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, errorOf, Workshop } from "../../cli/harness.ts";
import { widthOf } from "../../../src/cli/terminal/index.ts";
import { screenOf } from "../../cli/screen-of.ts";
import { PROGRAMS, TICKET } from "./programs.ts";

const APPROVED = ["--answer", 'approve={"ok":true}'];

/** What the models and tools of the desk were asked. */
function askedIn(shop: Workshop): readonly string[] {
  return existsSync(shop.path("asked.txt")) ? readFileSync(shop.path("asked.txt"), "utf8").trim().split("\n") : [];
}

function mend(shop: Workshop, file: string, old: string, now: string): void {
  const text = readFileSync(shop.path(file), "utf8");
  expect(text).toContain(old);
  shop.write({ [file]: text.replaceAll(old, now) });
}

test("a run is recorded once and checked offline ever after, and nobody is asked again", async () => {
  using shop = new Workshop(PROGRAMS);
  const recorded = await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, ...APPROVED]);
  expect(recorded).toMatchObject({ code: 0 });
  expect(recorded.stdout).toBe(`✔ Recorded goldens/desk/i-was-charged-twice.golden.yaml
  8 operations; redacted: 1 e-mail address; the run succeeded
`);
  expect(recorded.stderr).toMatch(/^Next {2}flujo golden check desk\/i-was-charged-twice {2}run the code against it, offline\n/);
  expect(recorded.stderr).toContain("git add goldens");
  const asked = ["classify", "reply", "lookUp", "reply"];
  expect(askedIn(shop)).toEqual(asked);
  const text = readFileSync(shop.path("goldens/desk/i-was-charged-twice.golden.yaml"), "utf8");
  expect(text).toContain("source: desk.ts#default\n");
  expect(text).not.toContain("lovelace");

  const checked = await shop.flujo(["golden", "check"]);
  expect(checked.stdout).toMatch(/^✔ desk\/i-was-charged-twice {2}8 operations\n1 golden checked: 1 clean \(.+\)\n$/);
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  expect(askedIn(shop)).toEqual(asked);
});

test("what has changed is told first, with what follows from it and the command that accepts it", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  mend(shop, "hello.ts", "Hello, ", "Good morning, ");
  const checked = await shop.flujo(["golden", "check"]);
  expect(checked.code).toBe(1);
  expect(checked.stdout.split("\n").slice(0, -2)).toEqual([
    "✖ hello/ada",
    '  The step "greet" gives something else, although it is asked the same.',
    "    at hello/greet (goldens/hello/ada.golden.yaml)",
    "      - Hello, Ada!",
    "      + Good morning, Ada!",
    "    What follows from it (3 more differences):",
    "      hello/shout: another input, another output",
    "      the run: another output",
    expect.stringContaining("accept it:"),
    "      flujo golden update goldens/hello/ada.golden.yaml",
    "",
  ]);
  expect(checked.stdout).toMatch(/\n1 golden checked: 1 drifted \(.+\)\n$/);
  expect(checked.stdout).not.toContain("\u001B");
});

test("at a terminal what was recorded is red and what is now is green, and lines fit", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  mend(shop, "hello.ts", "Hello, ", "Good morning, ");
  const { stdout, code } = await shop.atTerminal(["golden", "check"]);
  expect(code).toBe(1);
  expect(stdout).toContain("\u001B[31m      - Hello, Ada!\u001B[39m");
  expect(stdout).toContain("\u001B[32m      + Good morning, Ada!\u001B[39m");
  expect(screenOf(stdout, { columns: 80, rows: 24 })[0]).toBe("✖ hello/ada");
  const narrow = screenOf((await shop.atTerminal(["golden", "check"], { columns: 48 })).stdout, { columns: 120, rows: 40 });
  expect(narrow.slice(0, 3)).toEqual(["✖ hello/ada", '  The step "greet" gives something else,', "  although it is asked the same."]);
  for (const line of narrow.filter((each) => !each.includes("golden update"))) expect(widthOf(line)).toBeLessThanOrEqual(48);
});

test("a project without goldens is no failure", async () => {
  using shop = new Workshop(PROGRAMS);
  const checked = await shop.flujo(["golden", "check"]);
  expect(checked).toMatchObject({ code: 0, stdout: "There are no goldens in this project yet.\n" });
  expect(checked.stderr).toContain("flujo golden record");
  expect(documentOf(await shop.flujo(["golden", "check", "--json"]))).toMatchObject({ clean: 0, fail: 0, broken: 0, goldens: [] });
});

test("goldens that cannot be checked are told one by one, the others are checked, and the exit code is 4", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  const golden = readFileSync(shop.path("goldens/hello/ada.golden.yaml"), "utf8");
  const from = (source: string) => golden.replace("source: hello.ts#hello", `source: ${source}`);
  shop.write({
    "broken.ts": "export const x = ;",
    "goldens/a/cut.golden.yaml": golden.slice(0, 300),
    "goldens/a/export.golden.yaml": from("hello.ts#helo"),
    "goldens/a/gone.golden.yaml": from("gone.ts#hello"),
    "goldens/a/other.golden.yaml": from("desk.ts#default"),
    "goldens/a/syntax.golden.yaml": from("broken.ts#x"),
    "goldens/a/newer.golden.yaml": golden.replace("format: 1", "format: 99"),
    "node_modules/dep/goldens/a.golden.yaml": "not ours",
  });
  const checked = await shop.flujo(["golden", "check"]);
  expect(checked.code).toBe(4);
  for (const words of [
    "✔ hello/ada",
    /✖ a\/cut\n {2}goldens\/a\/cut\.golden\.yaml:\d+/,
    'exports no "helo". Did you mean "hello"?',
    "There is no file gone.ts",
    'The golden is one of "hello", and the program is "desk".',
    /✖ a\/syntax\n {2}broken\.ts/,
    "[golden_newer]",
    "1 golden checked: 1 clean; 6 could not be checked",
  ])
    expect(checked.stdout).toMatch(words);
  expect(checked.stdout).not.toContain("dep");
  const { goldens, ...tally } = documentOf(await shop.flujo(["golden", "check", "--json"]));
  expect(tally).toEqual({ clean: 1, warn: 0, fail: 0, broken: 6, skipped: 0 });
  expect(goldens).toContainEqual(
    expect.objectContaining({ name: "a/gone", status: "broken", error: expect.objectContaining({ code: "file_not_loadable" }) }),
  );
});

test("goldens are named by file, folder, pattern or pipeline/name; what names none is refused with what is near", async () => {
  using shop = new Workshop(PROGRAMS);
  for (const name of ["ada", "bob"]) await shop.flujo(["golden", "record", "hello.ts", "--input", name]);
  const namesFor = async (...wanted: readonly string[]): Promise<unknown> =>
    (documentOf(await shop.flujo(["golden", "check", ...wanted, "--json"]))["goldens"] as readonly { name: string }[]).map(
      ({ name }) => name,
    );
  expect(await namesFor("goldens/hello/bob.golden.yaml")).toEqual(["hello/bob"]);
  expect(await namesFor("hello/ada", "hello/ada")).toEqual(["hello/ada"]);
  expect(await namesFor("goldens/**/b*")).toEqual(["hello/bob"]);
  expect(await namesFor("goldens/hello")).toEqual(["hello/ada", "hello/bob"]);
  const refused = await shop.flujo(["golden", "check", "hello/bub"]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain('"hello/bub" is no golden, and no pattern for any. Did you mean "hello/bob"');
});

test("where a folder has the name of a pipeline, its goldens are found all the same", async () => {
  using shop = new Workshop({ ...PROGRAMS, "hello/notes.txt": "" });
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  expect((await shop.flujo(["golden", "check", "hello"])).stdout).toContain("1 golden checked: 1 clean");
  expect((await shop.flujo(["golden", "update", "hello/"])).stdout).toContain("1 golden checked: 1 unchanged");
});

test("what has changed in several goldens is told in full once, and each has its command", async () => {
  using shop = new Workshop(PROGRAMS);
  for (const name of ["ada", "bob"]) await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, "--name", name, ...APPROVED]);
  mend(shop, "desk.ts", "Say what it is about.", "Say which.");
  const { stdout, code } = await shop.flujo(["golden", "check"]);
  expect(code).toBe(1);
  expect(stdout.split("\n").slice(0, -2)).toEqual([
    "✖ desk/ada",
    '  The instructions of the agent "classify" changed.',
    "    at desk/classify (goldens/desk/ada.golden.yaml)",
    "      - Say what it is about.",
    "      + Say which.",
    expect.stringContaining("accept it:"),
    "      flujo golden update goldens/desk/ada.golden.yaml --step desk/classify",
    "",
    "✖ desk/bob",
    '  The instructions of the agent "classify" changed.',
    "    at desk/classify (goldens/desk/bob.golden.yaml)",
    "    as in desk/ada; to accept it here:",
    "      flujo golden update goldens/desk/bob.golden.yaml --step desk/classify",
    "",
  ]);
  expect(stdout).toMatch(/\n2 goldens checked: 2 drifted \(.+\)\n$/);
  const { goldens } = documentOf(await shop.flujo(["golden", "check", "--json"]));
  const difference = [
    { kind: "recorded", text: "Say what it is about." },
    { kind: "now", text: "Say which." },
  ];
  expect(goldens).toEqual(
    ["desk/ada", "desk/bob"].map((name) => expect.objectContaining({ name, causes: [expect.objectContaining({ difference })] })),
  );
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated.stdout.split("\n").slice(-6)).toEqual(
    [
      "↻ desk/bob  asked for real: desk/classify/turn[0]",
      '  The instructions of the agent "classify" changed.',
      "    at desk/classify (goldens/desk/bob.golden.yaml)",
      "    as in desk/ada",
      "",
      "2 goldens checked: 2 updated",
      "",
    ].slice(-6),
  );
});

test("commands to copy begin as this one did: with npx, and what a project has installed too", async () => {
  using shop = new Workshop(PROGRAMS);
  const asNpx = { env: { npm_command: "exec" } };
  const recorded = await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"], asNpx);
  expect(recorded.stderr).toMatch(/^Next {2}npx flujo golden check hello\/ada /);
  const again = await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"], asNpx);
  expect(again.stderr).toContain("with `npx flujo golden update hello/ada`,");
  expect((await shop.flujo(["golden", "show", "none"], asNpx)).stderr).toContain("with `npx flujo golden list`;");
  mend(shop, "hello.ts", "Hello, ", "Hi, ");
  const command = "\n      npx flujo golden update goldens/hello/ada.golden.yaml\n";
  expect((await shop.flujo(["golden", "check"], asNpx)).stdout).toContain(command);
  mkdirSync(shop.path("node_modules/.bin"));
  symlinkSync("../flujo/bin/flujo.js", shop.path("node_modules/.bin/flujo"));
  const installed = [process.execPath, "--conditions=flujo-src", "node_modules/.bin/flujo", "golden", "check"];
  expect((await shop.spawn(installed, {})).stdout).toContain(command);
});

test("programs are loaded once, however many goldens they have", async () => {
  using shop = new Workshop({
    "counted.ts": `import { appendFileSync } from "node:fs";\nappendFileSync("loads.txt", "x");\n${PROGRAMS["hello.ts"]}`,
  });
  for (const name of ["a1", "b2", "c3"]) await shop.flujo(["golden", "record", "counted.ts", "--input", name]);
  rmSync(shop.path("loads.txt"));
  expect((await shop.flujo(["golden", "check"])).stdout).toContain("3 goldens checked: 3 clean");
  expect(readFileSync(shop.path("loads.txt"), "utf8")).toBe("x");
});

test("the report for CI has a suite for each pipeline, and whatever a pipeline says fits into it", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Bob"]);
  mend(shop, "hello.ts", "Hello, ", "<b>&]]>\\u0000\\u001b[31m ");
  const checked = await shop.flujo(["golden", "check", "--junit", "out/report.xml"]);
  expect(checked.code).toBe(1);
  expect(checked.stdout).not.toContain("\u001B");
  const xml = readFileSync(shop.path("out/report.xml"), "utf8");
  expect(xml).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="flujo golden check" tests="2" failures="2" errors="0" skipped="0" /,
  );
  expect(xml).toMatch(/<testsuite name="hello" tests="2"/);
  expect(xml).toMatch(
    /<testcase name="hello\/ada" classname="hello" file="goldens\/hello\/ada.golden.yaml" time="[\d.]+">\s*<failure type="output" message="The step &quot;greet&quot;/,
  );
  expect(xml).toContain("&lt;b&gt;&amp;]]&gt;");
  expect(xml).not.toMatch(/[\0-\u0008\u000b-\u001f]/);
  expect(errorOf(await shop.flujo(["golden", "check", "--junit", "hello.ts/x.xml", "--json"])).code).toBe("usage_invalid");
});

test("a function that reaches out in a check is named, with where it wanted to go and what to say of it", async () => {
  using shop = new Workshop({
    "out.ts": `import { pipeline } from "flujo";
export default pipeline({ name: "out" }).step("ask", async (url: string) => (process.env["REACH"] ? (await fetch(url)).status : 200));
`,
  });
  await shop.flujo(["golden", "record", "out.ts", "--input", "http://127.0.0.1:8999/x", "--name", "x"]);
  const checked = await shop.flujo(["golden", "check"], { env: { REACH: "1" } });
  expect(checked.code).toBe(4);
  expect(checked.stdout).toMatch(/✖ out\/x\n {2}out\/ask wanted to reach 127\.0\.0\.1:8999; .*\n.*effect.*\[offline\]/);
});

test("a golden that only code knows is left to it, unless somebody names this very one", async () => {
  using shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  mend(shop, "goldens/hello/ada.golden.yaml", "source: hello.ts#hello\n", "");
  const all = await shop.flujo(["golden", "check"]);
  expect(all).toMatchObject({ code: 0 });
  expect(all.stdout).toContain("1 golden left to the code that recorded it (");
  for (const among of ["hello", "goldens", "hello/*"]) {
    expect(await shop.flujo(["golden", "check", among])).toMatchObject({ code: 0, stdout: expect.stringContaining("· hello/ada") });
    const updated = await shop.flujo(["golden", "update", among]);
    expect(updated).toMatchObject({ code: 0, stdout: "1 golden left to the code that recorded it\n" });
  }
  const named = await shop.flujo(["golden", "check", "hello/ada"]);
  expect(named.code).toBe(4);
  expect(named.stdout).toContain("does not say where its program is");
});

test("a rule for paths that nothing has to do with is warned of once, and a file with nearly the right name", async () => {
  using shop = new Workshop({ ...PROGRAMS, "goldens/hello/old.golden.yml": "" });
  for (const name of ["ada", "bob"]) await shop.flujo(["golden", "record", "hello.ts", "--input", name]);
  const paths = ["hello/gret", "hello/shout"].map((path) => ({ path, levels: "warn" }));
  shop.write({ "package.json": JSON.stringify({ type: "module", flujo: { golden: { paths } } }) });
  const checked = await shop.flujo(["golden", "check"]);
  expect(checked.code).toBe(0);
  expect(checked.stderr.trim().split("\n")).toEqual([
    "! goldens/hello/old.golden.yml is left out: the name of a golden ends in .golden.yaml. Rename it: old.golden.yaml.",
    '! The rule for hello/gret in package.json (flujo.golden.paths) matches nothing in any golden. Did you mean "hello/greet"?',
  ]);
  expect((await shop.flujo(["golden", "check", "hello/ada"])).stderr).toBe(""); // what the others have is not known
});

test("without one of its commands, `flujo golden` shows what it can", async () => {
  using shop = new Workshop();
  const { stdout, code } = await shop.flujo(["golden"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: flujo golden /);
  expect(stdout).toContain("from-run");
});
