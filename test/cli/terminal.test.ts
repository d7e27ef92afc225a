import { expect, test } from "vitest";
import { widthOf } from "../../src/cli/terminal/index.ts";
import { Workshop } from "./harness.ts";
import { PROGRAMS } from "./programs.ts";
import { screenOf } from "./screen-of.ts";

const TICKETS = `import { setTimeout as sleep } from "node:timers/promises";
import { pipeline, step } from "flujo";
const each = pipeline()
  .step("look", async (n: number) => { await sleep(40 + n); return { area: n % 3 === 0 ? "bug" : "billing" }; })
  .step("answer", ({ area }) => area);
export default pipeline({ name: "tickets" }).map(each, { name: "inbox", concurrency: 4 }).step("count", (list) => list.length);
`;
const LIST = JSON.stringify(Array.from({ length: 40 }, (_, n) => n));
const FRAME = "\u001B[?2026h";

test("at a terminal a tree is redrawn in place, in colour, and its last state stays", async () => {
  using shop = new Workshop({ "tickets.ts": TICKETS });
  const { code, stdout } = await shop.atTerminal(["run", "tickets.ts", "--input", LIST], { columns: 100, rows: 30 });
  expect(stdout.split(FRAME).length).toBeGreaterThan(5);
  expect(stdout).toContain("\u001B[32m✔");
  expect(stdout.lastIndexOf("\u001B[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001B[?25l")); // the cursor is back
  const lines = screenOf(stdout, { columns: 100, rows: 30 });
  expect(lines.join("\n")).toMatch(/✔ tickets +run [0-9a-f-]{13} {2}81 operations recorded/);
  expect(lines.join("\n")).toMatch(/├ ✔ inbox +40 items/);
  expect(lines.join("\n")).toMatch(/└ ✔ each +40× {2}billing 26 · bug 14/);
  expect(lines.filter((line) => line.includes("✔ tickets"))).toHaveLength(1);
  expect(lines).toContain("40");
  expect(code).toBe(0);
});

test("something changes on the screen at least every second, although nothing happens", async () => {
  using shop = new Workshop(PROGRAMS);
  const seen: { readonly at: number; readonly length: number }[] = [];
  const { code } = await shop.atTerminal(["run", "slow.ts", "--input", "x"], {
    env: { SLOW_MS: "3500" },
    onOutput: (said) => seen.push({ at: performance.now(), length: said.length }),
  });
  const gaps = seen.slice(1).map(({ at }, index) => at - (seen[index]?.at ?? at));
  expect(Math.max(...gaps)).toBeLessThan(1_000);
  expect(seen.length).toBeGreaterThan(8);
  expect(code).toBe(0);
});

test("a small terminal gets a small tree: no line is wider, no frame is higher", async () => {
  using shop = new Workshop({ "tickets.ts": TICKETS });
  const { stdout } = await shop.atTerminal(["run", "tickets.ts", "--input", LIST], { columns: 40, rows: 6 });
  const frames = stdout
    .split(FRAME)
    .slice(1)
    .map((frame) => frame.slice(0, frame.indexOf("\u001B[?2026l")));
  for (const frame of frames) {
    const lines = frame
      .replace(/\u001B\[[\d;?]*[A-Za-z]/g, "")
      .replaceAll("\r", "")
      .split("\n")
      .slice(0, -1);
    expect(lines.length).toBeLessThanOrEqual(5);
    for (const line of lines) expect(widthOf(line)).toBeLessThan(40);
  }
});

test("what a step prints stands above the tree, whole", async () => {
  const text = `import { setTimeout as sleep } from "node:timers/promises";
import { step } from "flujo";
export default step("prints", async (n: number) => {
  console.log("a line of the step");
  process.stdout.write("in two ");
  await sleep(400);
  console.log("parts");
  await sleep(400);
  return n;
});
`;
  using shop = new Workshop({ "prints.ts": text });
  const { stdout } = await shop.atTerminal(["run", "prints.ts", "--input", "7"]);
  const lines = screenOf(stdout, { columns: 80, rows: 24 });
  expect(lines.slice(0, 3)).toEqual(["a line of the step", "in two parts", expect.stringMatching(/^✔ prints/)]);
});

test("NO_COLOR and FORCE_COLOR are heeded", async () => {
  using shop = new Workshop(PROGRAMS);
  const colour = /\u001B\[(?:[1-9]|[34]\d)m/;
  expect((await shop.atTerminal(["run", "shout.ts", "--input", "x"], { env: { NO_COLOR: "1" } })).stdout).not.toMatch(colour);
  expect((await shop.flujo(["list"])).stdout).not.toMatch(colour);
  expect((await shop.flujo(["list"], { env: { FORCE_COLOR: "1" } })).stdout).toMatch(colour);
});

test("a dumb terminal gets plain lines", async () => {
  using shop = new Workshop(PROGRAMS);
  const { stdout } = await shop.atTerminal(["run", "shout.ts", "--input", "x"], { env: { TERM: "dumb" } });
  expect(stdout).not.toContain("\u001B");
  expect(stdout).toMatch(/✔ shout {2}\d+ ms/);
});

test("Ctrl-C at the terminal parks the run, and gives the cursor back", async () => {
  using shop = new Workshop(PROGRAMS);
  let isPressed = false;
  const ended = await shop.atTerminal(["run", "slow.ts", "--input", "x", "--run-id", "r1"], {
    onOutput: (said, _kill, type) => {
      if (isPressed || !said.includes("two")) return;
      isPressed = true;
      type("\u0003");
    },
  });
  expect(ended.code).toBe(130);
  expect(screenOf(ended.stdout, { columns: 80, rows: 24 }).join("\n")).toMatch(/Run r1 is parked[^]*flujo resume r1/);
  expect(ended.stdout.lastIndexOf("\u001B[?25h")).toBeGreaterThan(ended.stdout.lastIndexOf("\u001B[?25l"));
});

test("an answer is asked for field by field at a terminal", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "asks.ts", "--input", "Dear Ada", "--run-id", "r1"])).code).toBe(3);
  const keys: [string, string][] = [
    ["approve.ok", "y"],
    ["approve.note", "fine\r"],
  ];
  const ended = await shop.atTerminal(["answer", "r1"], {
    onOutput: (said, _kill, type) => {
      const [next] = keys;
      if (next === undefined || !said.includes(next[0])) return;
      keys.shift();
      type(next[1]);
    },
  });
  const screen = screenOf(ended.stdout, { columns: 80, rows: 24 }).join("\n");
  expect(screen).toContain("draft: Dear Ada");
  expect(screen).toContain("Dear Ada was sent");
  expect(ended.code).toBe(0);
});

test("a trace of 80 columns has what every step said, and why it failed; show has the reason too", async () => {
  const text = `import { agent, pipeline, tool } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const weather = tool({ name: "weather", description: "w", input: z.object({ city: z.string() }), run: () => { throw new Error("the station is closed"); } });
const model = scriptedModel(({ turn }) => turn === 0 ? { calls: [{ tool: "weather", input: { city: "Rome" } }, { tool: "wether", input: {} }] } : { text: "Nobody knows." });
export default pipeline({ name: "plan" }).step(agent({ name: "helper", model, instructions: "x", tools: [weather] }));
`;
  using shop = new Workshop({ "plan.ts": text });
  expect((await shop.flujo(["run", "plan.ts", "--input", "how is it?", "--run-id", "r1"])).code).toBe(0);
  const traced = screenOf((await shop.atTerminal(["trace", "r1"])).stdout, { columns: 80, rows: 24 });
  expect(traced.join("\n")).toMatch(/helper +Nobody knows\. +\d+ tok[^]*calls weather, wether[^]*the station is closed[^]*Nobody knows\./);
  expect(traced.join("\n")).toMatch(
    /✔ model call 1[^]*✖ weather +city: "Rome" → the station is closed[^]*✖ wether +There is no tool "wether"\.\n/,
  );
  expect(traced.join("\n")).not.toContain("turn[0]");
  const figures = traced.filter((line) => /\d ms$/.test(line) && !line.startsWith("total")).map((line) => line.length);
  expect(new Set([traced[0]?.length, ...figures]).size).toBe(1);
  const shown = screenOf((await shop.atTerminal(["show", "r1"])).stdout, { columns: 80, rows: 24 });
  expect(shown.join("\n")).toMatch(/✖ weather +the station is closed/);
});

test("whoever would rather not answer changes nothing", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "asks.ts", "--input", "Dear Ada", "--run-id", "r1"])).code).toBe(3);
  let isPressed = false;
  const ended = await shop.atTerminal(["answer", "r1"], {
    onOutput: (said, _kill, type) => {
      if (isPressed || !said.includes("approve.ok")) return;
      isPressed = true;
      type("\u0003");
    },
  });
  expect(ended.stdout).toContain("goes on waiting");
  expect(ended.code).toBe(130);
  expect((await shop.flujo(["list"])).stdout).toContain("waits for an answer");
});
