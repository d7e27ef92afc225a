import { expect, test } from "vitest";
import { widthOf } from "../../src/cli/terminal/index.ts";
import { documentOf, type Ended, errorOf, Workshop } from "./harness.ts";
import { screenOf } from "./screen-of.ts";

const DESK = `import { appendFileSync } from "node:fs";
import { agent, pipeline, tool } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const refund = tool({
  name: "refund",
  description: "Pays money back. Cannot be undone.",
  input: z.object({ usd: z.number().max(1000), to: z.string().refine((to) => !to.endsWith("?"), "who is that?"), reason: z.enum(["damaged", "late"]).optional() }),
  effect: "once",
  needsApproval: true,
  run: (args) => { appendFileSync("paid.txt", JSON.stringify(args) + "\\n"); return "paid " + args.usd; },
});
const told = ({ options }) => JSON.stringify(options.prompt.at(-1));
const one = scriptedModel((call) => call.turn === 0 ? { calls: [{ tool: "refund", input: { usd: 249, to: "jane@example.org", reason: "damaged" } }] } : { text: "told " + told(call) });
export const desk = agent({ name: "cashier", model: one, instructions: "x", input: z.string(), tools: [refund] });
const two = scriptedModel((call) => call.turn === 0 ? { calls: [{ tool: "refund", input: { usd: 1, to: "ann" } }, { tool: "refund", input: { usd: 2, to: "bob" } }] } : { text: "done" });
export const both = pipeline({ name: "both", input: z.string() }).step(agent({ name: "cashier", model: two, instructions: "x", tools: [refund] }));
export const asks = pipeline({ name: "asks", input: z.string() }).human("boss", { answer: z.string() });
`;

async function waiting(name = "desk"): Promise<Workshop> {
  const shop = new Workshop({ "desk.ts": DESK });
  expect((await shop.flujo(["run", `desk.ts#${name}`, "--input", "please", "--run-id", "r1"])).code).toBe(3);
  return shop;
}

async function paidIn(shop: Workshop): Promise<string> {
  return (await shop.spawn(["sh", "-c", "cat paid.txt 2>/dev/null"], {})).stdout;
}

/** Types each answer when its question has appeared. */
function typing(keys: readonly (readonly [question: string, answer: string])[]) {
  const left = [...keys];
  let from = 0;
  return (said: string, _kill: unknown, type: (keys: string) => void): void => {
    for (let [next] = left; next !== undefined && said.includes(next[0], from); [next] = left) {
      from = said.indexOf(next[0], from) + next[0].length;
      left.shift();
      type(next[1]);
    }
  };
}

const DOWN = "\u001B[B";

function refused(ended: Ended, code: number, ...says: readonly string[]): void {
  expect(ended.stdout).toBe("");
  for (const words of says) expect(ended.stderr).toContain(words);
  expect(ended.code).toBe(code);
}

test("a call that waits for approval is told everywhere in words, with the commands that answer it", async () => {
  using shop = new Workshop({ "desk.ts": DESK });
  const paused = await shop.flujo(["run", "desk.ts#desk", "--input", "please", "--run-id", "r1"]);
  expect(paused.code).toBe(3);
  expect(paused.stdout).toBe(
    [
      'Run r1 waits for approval of refund(usd: 249, to: "jane@example.org", reason: "damaged").',
      "⏸ cashier wants to call refund  cashier/turn[0]/tool[0]/approval",
      "  Pays money back. Cannot be undone.",
      "  usd     249",
      "  to      jane@example.org",
      "  reason  damaged",
      "",
    ].join("\n"),
  );
  expect(paused.stderr).toMatch(/⏸ cashier\/turn\[0\]\/tool\[0\]\/approval {2}waits for approval of refund\(usd: 249/);
  expect(paused.stderr).toMatch(
    /Next {2}flujo answer r1 +look at the call[^\n]*\n +flujo answer r1 --approve +let it run\n +flujo answer r1 --reject WHY /,
  );
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +cashier +waits for approval of refund\(usd: 249, to: .* {2}\d+ tok/);
  const shown = await shop.flujo(["show", "r1"]);
  expect(shown.stdout).toMatch(/status +waits for approval of refund\(/);
  expect(shown.stdout).toMatch(/⏸ refund +waits for approval of refund\(usd: 249/);
  expect(shown.stdout).toContain("  usd     249\n  to      jane@example.org");
  const traced = await shop.flujo(["trace", "r1"]);
  expect(traced.stdout).toMatch(/⏸ refund +usd: 249, to: "jane@example.org", reason: "dama… → waits for approval\n/);
  const { pauses } = documentOf(await shop.flujo(["show", "r1", "--json"])) as { readonly pauses: readonly object[] };
  expect(pauses).toMatchObject([{ waitsFor: "approval", name: "refund", show: { agent: "cashier", tool: "refund", input: { usd: 249 } } }]);
});

test("--approve lets it run as it is, --reject does not and says why, --edit runs it with other arguments; trace tells each", async () => {
  using approved = await waiting();
  expect((await approved.flujo(["answer", "r1", "--approve", "-q"])).stdout).toContain("paid 249");
  expect(await paidIn(approved)).toBe('{"usd":249,"to":"jane@example.org","reason":"damaged"}\n');
  expect((await approved.flujo(["trace", "r1"])).stdout).toMatch(/✔ refund +usd: 249.*→ paid 249[^]*✔ approval +approved/);

  using rejected = await waiting();
  expect((await rejected.flujo(["answer", "r1", "--reject", "not without a receipt", "-q"])).stdout).toContain("not without a receipt");
  expect(await paidIn(rejected)).toBe("");
  expect((await rejected.flujo(["trace", "r1"])).stdout).toMatch(/⊘ refund +usd: 249.*→ denied by a person: not without a receipt/);
  expect((await rejected.flujo(["show", "r1"])).stdout).toMatch(/⊘ refund +denied by a person: not without a receipt/);

  using edited = await waiting();
  edited.write({ "args.json": '{"usd": 20, "to": "jane@example.org"}' });
  expect((await edited.flujo(["answer", "r1", "--edit", "@args.json", "--note", "half of it", "-q"])).stdout).toContain("half of it");
  expect(await paidIn(edited)).toBe('{"usd":20,"to":"jane@example.org"}\n');
  expect((await edited.flujo(["trace", "r1"])).stdout).toMatch(
    /✔ refund +usd: 249.*→ paid 20[^]*✔ approval +changed to usd: 20, to: "jane@example.org": half of it/,
  );
});

test("an answer that cannot be meant is refused, says what can, and the call goes on waiting", async () => {
  using shop = await waiting();
  refused(await shop.flujo(["answer", "r1"]), 2, "refund(usd: 249", "flujo answer r1 --approve, or --reject 'WHY', or --edit");
  refused(await shop.flujo(["answer", "r1", "--approve", "--reject"]), 2, "Both --approve and --reject");
  refused(await shop.flujo(["answer", "r1", "--approve", "--note", "x"]), 2, "--note says why");
  refused(await shop.flujo(["answer", "r1", "--edit", "{usd: 1}"]), 2, "--edit gives is not JSON", "--edit '{");
  refused(await shop.flujo(["answer", "r1", "--edit", '{"usd": 5000}']), 4, "[answer_invalid]", "usd", "to");
  refused(await shop.flujo(["answer", "r1", "--value", '{"decision": "perhaps"}']), 4, "[answer_invalid]", "decision");
  expect(errorOf(await shop.flujo(["answer", "r1", "--edit", "1", "--value", "1", "--json"])).code).toBe("usage_invalid");
  expect(await paidIn(shop)).toBe("");
  expect((await shop.flujo(["answer", "r1", "--value", '{"decision": "approve"}', "-q"])).code).toBe(0);
  using other = await waiting("asks");
  refused(await other.flujo(["answer", "r1", "--approve"]), 2, "--approve is for tool calls", "asks/boss waits for an answer", "--value");
});

test("of several calls that wait each is answered by its own id", async () => {
  using shop = await waiting("both");
  const ids = [0, 1].map((n) => `both/cashier/turn[0]/tool[${n}]/approval`);
  expect((await shop.flujo(["list"])).stdout).toContain("waits for 2 approvals");
  refused(await shop.flujo(["answer", "r1", "--approve"]), 2, `${ids[0]} (refund(usd: 1, to: "ann"))`, "--pause");
  const first = await shop.flujo(["answer", "r1", "--approve", "--pause", ids[1] ?? ""]);
  expect(first.code).toBe(3);
  expect(first.stdout).toContain('waits for approval of refund(usd: 1, to: "ann")');
  expect((await shop.flujo(["answer", "r1", "--reject", "-q"])).stdout).toBe("done\n");
  expect(await paidIn(shop)).toBe('{"usd":2,"to":"bob"}\n');
});

test("at a terminal the call is shown and a person approves it with one key", async () => {
  using shop = await waiting();
  const ended = await shop.atTerminal(["answer", "r1"], { onOutput: typing([["May cashier call refund?", "\r"]]) });
  const screen = screenOf(ended.stdout, { columns: 80, rows: 24 }).join("\n");
  expect(screen).toMatch(
    /⏸ cashier wants to call refund[^]*Cannot be undone\.\n {2}usd +249\n {2}to +jane@example\.org\n {2}reason +damaged\n/,
  );
  expect(screen).toMatch(/May cashier call refund\?\n[^\n]*Approve/);
  expect(await paidIn(shop)).toContain("249");
  expect(ended.code).toBe(0);
});

test("at a terminal a call is rejected with a note", async () => {
  using shop = await waiting();
  const keys = [
    ["May cashier call refund?", `${DOWN}\r`],
    ["Why not?", "too much\r"],
  ] as const;
  const ended = await shop.atTerminal(["answer", "r1"], { onOutput: typing(keys) });
  expect(ended.stdout).toContain("too much");
  expect(await paidIn(shop)).toBe("");
  expect((await shop.flujo(["trace", "r1"])).stdout).toContain("denied by a person: too much");
});

test("at a terminal arguments are changed field by field; what does not fit is told, and asked for again as it was typed", async () => {
  using shop = await waiting();
  const keys = [
    ["May cashier call refund?", `${DOWN}${DOWN}\r`],
    ["refund.usd", "0\r"],
    ["Write at most 1000.", "\u007F\u007F\r"], // 24
    ["refund.to", "?\r"],
    ["refund.reason", "\r"],
    ["Why the change?", "\r"],
    ["who is that?", ""], // only the tool's own schema knows; the same questions come again
    ["May cashier call refund?", `${DOWN}${DOWN}\r`],
    ["refund.usd", "\r"],
    ["refund.to", "\u007F\r"],
    ["refund.reason", `${DOWN}\r`],
    ["Why the change?", "half\r"],
  ] as const;
  const ended = await shop.atTerminal(["answer", "r1"], { onOutput: typing(keys) });
  expect(await paidIn(shop)).toBe('{"usd":24,"to":"jane@example.org","reason":"late"}\n');
  expect(ended.stdout).toContain("half");
  expect(ended.code).toBe(0);
});

test("who leaves the questions answers nothing", async () => {
  using shop = await waiting();
  const ended = await shop.atTerminal(["answer", "r1"], { onOutput: typing([["May cashier call refund?", "\u0003"]]) });
  expect(ended.stdout).toContain("goes on waiting");
  expect(ended.code).toBe(130);
  expect(await paidIn(shop)).toBe("");
});

test("a narrow terminal shows the same, within its width", async () => {
  using shop = await waiting();
  for (const columns of [60, 80, 120]) {
    for (const words of [["trace", "r1"], ["list"]]) {
      const { stdout } = await shop.atTerminal(words, { columns, rows: 40 });
      for (const line of stdout
        .replace(/\u001B\[[\d;?]*[A-Za-z]/g, "")
        .split(/\r?\n/)
        .filter((each) => !/flujo (?:answer|show|trace)/.test(each)))
        expect(widthOf(line.trimEnd())).toBeLessThanOrEqual(columns);
    }
  }
});
