import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { runFile } from "./run-process.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

test.each(["hello.ts", "hello.js"])("%s classifies a sentence", { timeout: 30_000 }, async (file) => {
  const { code, stdout, stderr } = await runFile(`examples/hello/${file}`, { cwd: freshFolder() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^billing \{/);
});

test.each([
  { word: "yes", becomes: "paid Ada" },
  { word: "no", becomes: "told Ada no" },
])("a run asked in one process is answered $word in another", { timeout: 30_000 }, async ({ word, becomes }) => {
  const cwd = freshFolder();
  const asked = await runFile("examples/approval/ask.ts", { cwd });
  expect(asked.stdout).toContain("Ada spent $84.50 on a train ticket?");
  const runId = /answer\.ts (\S+) yes/.exec(asked.stdout)?.[1] ?? "";
  const answered = await runFile("examples/approval/answer.ts", { cwd, args: [runId, word] });
  expect({ code: answered.code, stdout: answered.stdout.trim() }).toEqual({ code: 0, stdout: becomes });
});

describe("the desk", { timeout: 30_000 }, () => {
  const ask = (cwd: string, order: string) =>
    runFile("bin/flujo.js", {
      cwd,
      args: ["run", `${EXAMPLES}agents/desk.ts`, "--json", "-i", `I was charged twice for order ${order}.`],
    });

  test.each([
    ["4472", { orderNumber: "4472", paidBackCents: 450 }],
    ["4473", { orderNumber: "4473", paidBackCents: 0 }],
    ["4474", { orderNumber: "4474", paidBackCents: null }],
  ])("settles order %s by itself", async (order, output) => {
    const { code, stdout } = await ask(freshFolder(), order);
    expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, result: { status: "succeeded", output } });
  });

  test.each([
    { how: ["--approve"], cents: 24_900 },
    { how: ["--edit", '{"orderNumber": "4471", "cents": 1000}'], cents: 1_000 },
  ])("waits for a person where it is much, and pays $cents when told $how", async ({ how, cents }) => {
    const cwd = freshFolder();
    const asked = await ask(cwd, "4471");
    const { runId } = JSON.parse(asked.stdout) as { readonly runId: string };
    expect(asked.code).toBe(3);
    const answered = await runFile("bin/flujo.js", { cwd, args: ["answer", runId, "--json", ...how] });
    expect(JSON.parse(answered.stdout)).toMatchObject({ status: "succeeded", output: { paidBackCents: cents } });
  });
});

test("the chat remembers, also in another process", { timeout: 30_000 }, async () => {
  const cwd = freshFolder();
  const chat = (said: string, heard: string) =>
    runFile("examples/agents/chat.ts", {
      cwd,
      columns: 100,
      script: [
        { when: "you: ", type: `${said}\r` },
        { when: heard, type: "\r" },
      ],
    });
  await chat("My order is 4471.", "clerk: My order is 4471.");
  const { code, stdout } = await chat("What did I order?", "clerk: My order is 4471.");
  expect(code).toBe(0);
  expect(stdout).toContain("clerk: My order is 4471.");
});

test("the inbox takes the facts out of each file", { timeout: 30_000 }, async () => {
  const cwd = freshFolder();
  writeFileSync(join(cwd, "hosting.txt"), "Invoice number: 77\nTotal including tax: 84.50 EUR\nTo be paid by 18 March 2031\n");
  writeFileSync(join(cwd, "photo.png"), Buffer.from("89504e470d0a1a0a", "hex"));
  const { code, stdout } = await runFile("examples/agents/inbox.ts", { cwd, args: ["hosting.txt", "photo.png"] });
  expect(code).toBe(0);
  expect(stdout).toContain("hosting.txt { number: '77', total: 84.5, dueDate: '2031-03-18' }");
  expect(stdout).toContain("photo.png { number: null, total: null, dueDate: null }");
});

test("examples import what a user can import: flujo, zod, Node's own modules and each other", () => {
  const files = globSync("**/*.{ts,js}", { cwd: EXAMPLES, exclude: (name) => name === "node_modules" });
  expect(files.length).toBeGreaterThan(9);
  const imported = files.flatMap((file) =>
    [...readFileSync(join(EXAMPLES, file), "utf8").matchAll(/ from "([^"]+)"/g)].map((match) => match[1] ?? ""),
  );
  expect(imported.filter((name) => !/^(?:flujo(?:\/testing)?|zod|node:[\w/]+|\.\/.+)$/.test(name))).toEqual([]);
});

test("every file that the examples' README names is there", () => {
  const links = [...readFileSync(join(EXAMPLES, "README.md"), "utf8").matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? "");
  expect(links.filter((link) => !existsSync(join(EXAMPLES, link)))).toEqual([]);
});

test("the refund is reminded of once, after three days, and escalated after six", { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await runFile("examples/refund/watch.ts", { cwd: freshFolder() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const question = "Refund $249.00 to Ada for order 4471?";
  expect(stdout.trim().split("\n")).toEqual([
    `2030-01-07 waits: ${question}`,
    `2030-01-10 waits: ${question} You were asked three days ago.`,
    `2030-01-13 waits: ${question} Nobody has answered for six days.`,
    "2030-01-14 { order: '4471', paidCents: 24900 }",
    `  sent reminder: ${question}`,
    `  sent escalation: ${question}`,
    "  sent payment of 24900 cents to Ada",
  ]);
});
