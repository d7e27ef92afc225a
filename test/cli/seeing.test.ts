import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Workshop } from "./harness.ts";
import { PROGRAMS } from "./programs.ts";

const BEFORE = `import { agent, pipeline, step } from "flujo";
import { z } from "zod";
const classify = agent({ name: "classify", instructions: "Classify this.", model: "openai:gpt-5-mini", retries: 2,
  output: z.object({ area: z.enum(["billing", "bug"]), urgency: z.number().optional() }) });
export default pipeline({ name: "desk", input: z.string() })
  .step(classify)
  .human("approve", { answer: z.boolean(), timeout: "2 days" })
  .step(step({ name: "send", effect: "once", run: ({ input }) => input.area }));
`;

test("explain shows kinds, what agents give and people answer, retries and limits, without a key", async () => {
  using shop = new Workshop({ "desk.ts": BEFORE });
  const { code, stdout } = await shop.flujo(["explain", "desk.ts"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /classify +agent +openai:gpt-5-mini · at most 10 turns · 2 retries · gives \{ area: "billing" \| "bug", urgency\?: number \}/,
  );
  expect(stdout).toMatch(/approve +human +waits for an answer for 2 d at most.* · answer boolean/);
  expect(stdout).toMatch(/send +step +effect once/);
  expect(stdout).toMatch(/4 nodes · 1 agent · 1 question to people · fingerprint [0-9a-f]{64}/);
});

test("visualize writes a picture by its ending, Mermaid otherwise, and refuses what it cannot do in a sentence", async () => {
  using shop = new Workshop({ "desk.ts": BEFORE });
  const { stdout } = await shop.flujo(["visualize", "desk.ts"]);
  expect(stdout).toMatch(/^---\ntitle: "desk 0\.0\.0"\n---\nflowchart TD\n/);
  expect(stdout).toContain("classify");
  expect(await shop.flujo(["visualize", "desk.ts", "-o", "desk.svg"])).toMatchObject({
    code: 0,
    stdout: "✔ Drew desk.ts#default to desk.svg\n",
  });
  expect(readFileSync(shop.path("desk.svg"), "utf8")).toMatch(/<svg [^>]*width="\d+"/);
  const png = await shop.flujo(["visualize", "desk.ts", "--format", "png"]);
  expect(png.code).toBe(2);
  expect(png.stderr).toContain('Nothing is drawn as "png".\n  Write --format mermaid or --format svg.');
  const picture = await shop.flujo(["visualize", "desk.ts", "-o", "desk.PNG"]);
  expect(picture.code).toBe(2);
  expect(picture.stderr).toContain("A picture is drawn as SVG, and desk.PNG would be none.\n  Write -o desk.svg;");
  expect(existsSync(shop.path("desk.PNG"))).toBe(false);
  const text = await shop.flujo(["visualize", "desk.ts", "-o", "desk.txt"]);
  expect(text).toMatchObject({ code: 0, stdout: "✔ Drew desk.ts#default to desk.txt, as text for Mermaid\n" });
  const nowhere = await shop.flujo(["visualize", "desk.ts", "-o", "no/folder/desk.svg"]);
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toContain("no/folder/desk.svg cannot be written");
});

test("what an agent may call is told and drawn, and for which of it a person has to agree", async () => {
  const desk = BEFORE.replace("agent, pipeline, step", "agent, pipeline, step, tool").replace(
    'model: "openai:gpt-5-mini"',
    'model: "openai:gpt-5-mini", tools: [["look", false], ["refund", true], ["pay", () => true]].map(([name, needsApproval]) => ' +
      'tool({ name, description: "Does.", input: z.object({}), needsApproval, run: () => null }))',
  );
  using shop = new Workshop({ "desk.ts": desk });
  const explained = await shop.flujo(["explain", "desk.ts"]);
  expect(explained.stdout).toContain("tools look, refund (asks a person), pay (may ask a person) · at most 10 turns");
  expect(explained.stdout).toContain("1 question to people · 2 tools that may ask a person");
  const drawn = await shop.flujo(["visualize", "desk.ts"]);
  expect(drawn.stdout).toContain("at most 10 turns<br/>tools look, refund (asks a person), pay (may ask a pe…</small>");
});

test("diff-plan says of every difference whether runs under way keep what they had, are refused, or cannot go on", async () => {
  using shop = new Workshop({ "desk.ts": BEFORE, "shout.ts": PROGRAMS["shout.ts"] });
  const kept = await shop.flujo(["explain", "desk.ts", "--json"]);
  const after = BEFORE.replace("Classify this.", "Classify this ticket.").replace("input.area", "input.area.toUpperCase()");
  shop.write({
    "before.json": kept.stdout,
    "desk.ts": after,
    "gone.ts": after.replace(/ {2}\.human.*\n/, "").replace("({ input }) => input", "(input) => input"),
    "no.json": "[]",
  });
  expect(await shop.flujo(["diff-plan", "before.json", "before.json"])).toMatchObject({ code: 0 });
  const { code, stdout } = await shop.flujo(["diff-plan", "before.json", "desk.ts"]);
  expect(code).toBe(1);
  const [asked, own] = stdout.split("Runs under way go on as they began");
  expect(asked).toMatch(/are refused \(plan_changed\)[^]*~ desk\/send +the code of its function changed/);
  expect(own).toMatch(/~ desk\/classify +its instructions changed/);
  const gone = await shop.flujo(["diff-plan", "before.json", "gone.ts", "--json"]);
  expect(JSON.parse(gone.stdout).differences).toContainEqual({
    path: "desk/approve",
    kind: "removed",
    says: "it is gone",
    forRuns: "lost",
  });
  const no = await shop.flujo(["diff-plan", "no.json", "desk.ts"]);
  expect(no.stderr).toContain("no.json is no plan that was kept.\n  Keep one with: flujo explain FILE#export --json > plan.json");
});

test("all three know what a run was started with, though its file has changed since", async () => {
  using shop = new Workshop({ "asks.ts": PROGRAMS["asks.ts"] });
  await shop.flujo(["run", "asks.ts", "--input", "tea", "--run-id", "r1"]);
  shop.write({ "asks.ts": PROGRAMS["asks.ts"].replaceAll('"act"', '"do"') });
  expect((await shop.flujo(["explain", "r1"])).stdout).toMatch(/act +step/);
  expect((await shop.flujo(["visualize", "r1"])).stdout).toContain('"act"');
  const { code, stdout } = await shop.flujo(["diff-plan", "r1", "asks.ts"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/cannot go on:\n +- asks\/act +it is gone/);
  expect((await shop.flujo(["explain", "r2"])).stderr).toContain("r2");
});
