import { expect, test } from "vitest";
import { Workshop } from "./harness.ts";

const KINDS = `import { defineKind, pipeline, refine, step, withPolicy } from "flujo";
import { z } from "zod";
const echo = defineKind({
  kind: "echo",
  schema: z.object({ times: z.int().min(1) }),
  expand: ({ times }) => pipeline({ name: "calls" }).loop(step("call", (text: string) => text + "!"), { maxIterations: times, name: "call on" }),
  caption: ({ times }) => times + " times",
});
const loud = defineKind({ kind: "loud", expand: () => echo({ times: 2 }) });
export const desk = pipeline({ name: "desk", input: z.string() }).step(withPolicy(loud(), { retries: 1 })).step("end", (text) => text);
export const alone = echo({ times: 3 });
export const none = () => echo({ times: 0 });
`;

test("explain shows a kind as what made the node, with its caption and what it is by itself; folded, nothing of what is in it", async () => {
  using shop = new Workshop({ "desk.ts": KINDS });
  const { stdout } = await shop.flujo(["explain", "desk.ts#desk"]);
  expect(stdout).toMatch(/├ calls +loud +echo 2 times · sequence · 1 retry\n +│ +└ call on +loop +2 times\n/);
  expect(stdout).toContain("5 nodes");
  const folded = await shop.flujo(["explain", "desk.ts#desk", "--fold"]);
  expect(folded.stdout).toMatch(/├ calls +loud +1 retry\n +└ end +step\n/);
  expect((await shop.flujo(["explain", "desk.ts#alone"])).stdout).toMatch(/^calls .*\n +echo +3 times · sequence\n +└ call on/);
  const { plan } = JSON.parse((await shop.flujo(["explain", "desk.ts#alone", "--json"])).stdout);
  expect(plan.root.madeBy).toMatchObject([{ kind: "echo", caption: "3 times" }]);
});

test("visualize draws a kind as a frame, folded as one box", async () => {
  using shop = new Workshop({ "desk.ts": KINDS });
  const whole = await shop.flujo(["visualize", "desk.ts#desk"]);
  expect(whole.stdout).toContain('"calls · loud"');
  expect(whole.stdout).toContain('"calls · echo · 2 times');
  const folded = await shop.flujo(["visualize", "desk.ts#desk", "--fold"]);
  expect(folded.stdout).toContain('[["calls<br/><small>loud</small>"]]');
  expect(folded.stdout).not.toContain("subgraph");
});

test("diff-plan says that a kind is called otherwise, was written in another way or says something else, and that runs under way go on", async () => {
  using shop = new Workshop({ "desk.ts": KINDS });
  const kept = await shop.flujo(["explain", "desk.ts#desk", "--json"]);
  const other = KINDS.replace('"loud"', '"noisy"').replace("times }) => pipeline", "times } ) => pipeline").replace('" times"', '"x"');
  shop.write({
    "before.json": kept.stdout,
    "desk.ts": other.replace('"noisy"', '"loud"'),
    "named.ts": other,
    "plain.ts": KINDS.replace(
      "withPolicy(loud(), { retries: 1 })",
      'withPolicy(pipeline({ name: "calls" }).loop(step("call", (text: string) => text + "!"), { maxIterations: 2, name: "call on" }), { retries: 1 })',
    ),
  });
  const differences = async (file: string): Promise<unknown> =>
    JSON.parse((await shop.flujo(["diff-plan", "before.json", `${file}#desk`, "--json"])).stdout).differences;
  expect(await differences("desk.ts")).toEqual([
    { path: "desk/calls", kind: "changed", says: "how echo makes it changed", forRuns: "kept" },
    { path: "desk/calls", kind: "changed", says: "what echo says of its options changed", forRuns: "kept" },
  ]);
  expect(await differences("named.ts")).toEqual([
    {
      path: "desk/calls",
      kind: "changed",
      says: "it was made by the kinds loud and echo, and is made by the kinds noisy and echo now",
      forRuns: "kept",
    },
  ]);
  expect(await differences("plain.ts")).toEqual([
    { path: "desk/calls", kind: "changed", says: "it was made by the kinds loud and echo, and is written out now", forRuns: "kept" },
  ]);
  expect((await shop.flujo(["diff-plan", "before.json", "named.ts#desk"])).code).toBe(0);
  const back = JSON.parse((await shop.flujo(["diff-plan", "plain.ts#desk", "desk.ts#desk", "--json"])).stdout);
  expect(back.differences).toMatchObject([{ says: "it is made by the kinds loud and echo now", forRuns: "kept" }]);
});

test("a run and its trace say which kind made a step, and what it says of its options", async () => {
  using shop = new Workshop({ "desk.ts": KINDS });
  await shop.flujo(["run", "desk.ts#desk", "--input", "hey", "--run-id", "r1"]);
  expect((await shop.flujo(["trace", "r1"])).stdout).toMatch(/✔ calls +loud · echo · 2 times/);
  expect((await shop.flujo(["show", "r1"])).stdout).toMatch(/✔ calls +loud · echo · 2 times/);
});

test("options that a kind refuses while its file is loaded are told with the kind, the place and the message", async () => {
  using shop = new Workshop({ "desk.ts": `${KINDS}export default none();\n` });
  const { code, stderr } = await shop.flujo(["explain", "desk.ts"]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/echo\(\): times: Too small/);
});
