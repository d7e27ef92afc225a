import { expect, test } from "vitest";
import { Workshop } from "./harness.ts";
import { screenOf } from "./screen-of.ts";

const TIDES = `import { setTimeout as sleep } from "node:timers/promises";
import { agent, pipeline } from "flujo";
const usage = { inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 } };
const words = "The moon\\u001B[2J\\u001B]0;title\\u0007 pulls at the sea, and the sea follows it around the world.".split(/(?= )/);
const model = {
  specificationVersion: "v4", provider: "slow", modelId: "slow", supportedUrls: {},
  doGenerate: () => Promise.reject(new Error("It was to be streamed.")),
  doStream: async () => ({
    stream: new ReadableStream({
      async start(to) {
        to.enqueue({ type: "reasoning-delta", id: "r", delta: "I wonder." });
        await sleep(900);
        for (const delta of words) { to.enqueue({ type: "text-delta", id: "t", delta }); await sleep(20); }
        await sleep(900);
        to.enqueue({ type: "finish", usage, finishReason: { unified: "stop", raw: undefined } });
        to.close();
      },
    }),
  }),
};
export default pipeline({ name: "tides" }).step(agent({ name: "poet", model, instructions: "x" })).step("count", (text) => text.length);
`;
const SIZE = { columns: 50, rows: 12 };

test("at a terminal one sees what an agent says while it says it, and only then", async () => {
  using shop = new Workshop({ "tides.ts": TIDES });
  const seen = new Set<string>();
  const onOutput = (said: string): void => void seen.add(screenOf(said, SIZE).join("\n"));
  const { code, stdout } = await shop.atTerminal(["run", "tides.ts", "--input", "x"], { ...SIZE, onOutput });
  const screens = [...seen];
  expect(screens.some((screen) => screen.endsWith("  poet thinks: I wonder."))).toBe(true);
  expect(
    screens.some((screen) => screen.endsWith("  poet: The moon pulls at the sea, and the sea\n        follows it around the world.")),
  ).toBe(true);
  expect(stdout).toContain("\u001B[2m  poet: The moon");
  expect(stdout).not.toMatch(/\u001B\[2J|title/);
  const last = screenOf(stdout, SIZE).join("\n");
  expect(last).not.toContain("The moon");
  expect(last).toMatch(/✔ poet[^]*✔ count/);
  expect(code).toBe(0);
});

test("a terminal of few lines shows the tree alone", async () => {
  using shop = new Workshop({ "tides.ts": TIDES });
  const { code, stdout } = await shop.atTerminal(["run", "tides.ts", "--input", "x"], { columns: 50, rows: 7 });
  expect(stdout).toContain("poet");
  expect(stdout).not.toContain("The moon");
  expect(code).toBe(0);
});

test("where there is no terminal nothing is said word by word, and JSON is one document", async () => {
  using shop = new Workshop({ "tides.ts": TIDES });
  const plain = await shop.flujo(["run", "tides.ts", "--input", "x"]);
  expect(plain.stdout + plain.stderr).not.toContain("pulls at");
  const { stdout, stderr } = await shop.flujo(["run", "tides.ts", "--input", "x", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ status: "succeeded" });
  expect(stderr).toBe("");
});
