import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type ModelServerRequest, startModelServer } from "../../src/testing/index.ts";
import { documentOf, type Ended, errorOf, Workshop } from "./harness.ts";

// Runs that go on in one process, and are told something from another.

const ASKS_MODEL = `import { agent, pipeline } from "flujo";
export default pipeline({ name: "desk" })
  .step("begin", (text: string) => text)
  .step(agent({ name: "ask", model: "openai:gpt-5-mini", instructions: "Answer." }));
`;

const WAITS = `import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pipeline } from "flujo";
import { z } from "zod";
const Answer = z.object({ ok: z.boolean() });
/** Goes on when there is a file of that name. */
const until = async (file: string) => {
  writeFileSync(file + ".waits", "");
  while (!existsSync(file)) await sleep(5);
  return file;
};
export const early = pipeline({ name: "early" })
  .step("work", (_: unknown) => until("go"))
  .human("approve", { answer: Answer })
  .step("act", ({ answer }) => (answer.ok ? "sent" : "dropped"));
export const beside = pipeline({ name: "beside" }).parallel({
  work: pipeline().step("work", (_: unknown) => until("go")),
  ask: pipeline().human("approve", { answer: Answer }),
});
export const stubborn = pipeline({ name: "stubborn" })
  .step("spin", (_: unknown) => {
    writeFileSync("spins", "");
    while (!existsSync("go"));
  })
  .step("after", () => until("never"));
`;

const shops: Workshop[] = [];
afterEach(() => {
  for (const shop of shops.splice(0)) shop[Symbol.dispose]();
});

function workshop(files: Readonly<Record<string, string>>): Workshop {
  const shop = new Workshop(files);
  shops.push(shop);
  return shop;
}

async function there(shop: Workshop, file: string): Promise<void> {
  await expect.poll(() => existsSync(shop.path(file)), { timeout: 30_000 }).toBe(true);
}

const entriesOf = async (shop: Workshop, run: string): Promise<string> => (await shop.flujo(["trace", run, "--json"])).stdout;

test("cancel from another process: the run ends there as cancelled, its model call is hung up on, and a second cancel is told so", async () => {
  const asked = Promise.withResolvers<ModelServerRequest>();
  await using server = await startModelServer(async (request) => {
    asked.resolve(request);
    await request.ended;
    return "never";
  });
  const shop = workshop({ "desk.ts": ASKS_MODEL });
  const running = shop.flujo(["run", "desk.ts", "--input", "hello", "--run-id", "r1", "--json"], { env: { ...server.env } });
  const request = await asked.promise;
  const cancelled = await shop.flujo(["cancel", "r1", "--reason", "wrong customer", "--json"]);
  expect(cancelled, cancelled.stderr).toMatchObject({ code: 0 });
  expect(documentOf(cancelled)).toMatchObject({ runId: "r1", status: "cancelled", isRunning: false, reason: "wrong customer" });
  expect(await request.ended).toBe("dropped");
  const owner = await running;
  expect(owner.code).toBe(130);
  expect(documentOf(owner)).toMatchObject({ status: "cancelled", reason: "wrong customer" });
  expect(server.requests).toHaveLength(1);

  const again = await shop.flujo(["cancel", "r1", "--json"]);
  expect(again.code).toBe(2);
  expect(errorOf(again)).toMatchObject({ code: "usage_invalid", message: expect.stringContaining("already ended (cancelled)") });
  const shown = await shop.flujo(["show", "r1"]);
  expect(shown.stdout).toContain("Run r1 was cancelled: wrong customer.");
});

test("cancel of a run that waits, and of one whose process was killed: it is ended where it is, without its program", async () => {
  const shop = workshop({ "waits.ts": WAITS });
  shop.write({ go: "" });
  expect((await shop.flujo(["run", "waits.ts#early", "--run-id", "waiting"])).code).toBe(3);
  shop.write({ "waits.ts": "export const nothing = 1;" });
  const waiting = await shop.flujo(["cancel", "waiting"]);
  expect(waiting, waiting.stderr).toMatchObject({ code: 0, stdout: "Run waiting was cancelled.\n" });
  expect(errorOf(await shop.flujo(["answer", "waiting", "--value", "{}", "--json"]))).toMatchObject({ code: "pause_not_found" });

  const other = workshop({ "waits.ts": WAITS });
  const said = Promise.withResolvers<(signal: NodeJS.Signals) => void>();
  const dying = other.flujo(["run", "waits.ts#early", "--run-id", "killed"], { onOutput: (_said, kill) => said.resolve(kill) });
  const kill = await said.promise;
  await there(other, "go.waits");
  kill("SIGKILL");
  const killed = await dying;
  expect(killed.code).toBeNull();
  expect(documentOf(await other.flujo(["show", "killed", "--json"]))).toMatchObject({ status: "running", isRunning: false });
  const ended = await other.flujo(["cancel", "killed", "--reason", "gone", "--json"]);
  expect(documentOf(ended)).toMatchObject({ status: "cancelled", epoch: 2 });
  expect(documentOf(await other.flujo(["show", "killed", "--json"]))).toMatchObject({ status: "cancelled", reason: "gone" });
});

test("a process that cannot hear is named, and the cancellation is kept until it can", async () => {
  const shop = workshop({ "waits.ts": WAITS });
  const running = shop.flujo(["run", "waits.ts#stubborn", "--run-id", "r1", "--json"]);
  await there(shop, "spins");
  const refused = await shop.flujo(["cancel", "r1", "--json"]);
  expect(refused.code).toBe(2);
  expect(errorOf(refused)).toMatchObject({
    code: "run_owned",
    message: expect.stringMatching(/^Process \d+ on .* was told to cancel run r1/),
  });
  shop.write({ go: "" });
  expect(documentOf(await running)).toMatchObject({ status: "cancelled" });
});

test("a signal from another process answers a run that is live, at once and of the right shape only", async () => {
  const shop = workshop({ "waits.ts": WAITS });
  const running = shop.flujo(["run", "waits.ts#beside", "--run-id", "r1", "--json"]);
  await there(shop, "go.waits");
  await expect.poll(() => entriesOf(shop, "r1"), { timeout: 30_000 }).toContain("approve");
  const wrong = await shop.flujo(["signal", "r1", "approve", "--value", '{"ok": "yes"}', "--json"]);
  expect(wrong.code).toBe(4);
  expect(errorOf(wrong)).toMatchObject({ code: "answer_invalid", message: expect.stringContaining("ok: expected boolean") });
  const sent = await shop.flujo(["signal", "r1", "approve", "--value", '{"ok": true}']);
  expect(sent, sent.stderr).toMatchObject({ code: 0 });
  expect(sent.stdout).toMatch(/^Run r1 was sent "approve"; process \d+ runs it and takes it up\.$/m);
  // Only once the run has taken it is the other branch let go: it was live all the time.
  await expect.poll(() => entriesOf(shop, "r1"), { timeout: 30_000 }).toMatch(/"ok": true/);
  shop.write({ go: "" });
  expect(documentOf(await running)).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, work: "go" } });
});

test("a signal that comes early waits for its pause; one for a run at rest waits for a resume, and a flawed name is said", async () => {
  const shop = workshop({ "waits.ts": WAITS });
  const running = shop.flujo(["run", "waits.ts#early", "--run-id", "r1", "--json"]);
  await there(shop, "go.waits");
  expect((await shop.flujo(["signal", "r1", "approve", "--value", '{"ok": true}'])).code).toBe(0);
  shop.write({ go: "" });
  expect(documentOf(await running)).toMatchObject({ status: "succeeded", output: "sent" });

  const paused: Ended = await shop.flujo(["run", "waits.ts#early", "--run-id", "r2"]);
  expect(paused.code).toBe(3);
  const flawed = await shop.flujo(["signal", "r2", "aprove", "--json"]);
  expect(flawed.code).toBe(2);
  expect(errorOf(flawed)).toMatchObject({ code: "pause_not_found", message: expect.stringContaining('Did you mean "approve"?') });
  const sent = await shop.flujo(["signal", "r2", "approve", "--value", '{"ok": false}', "--json"]);
  expect(documentOf(sent)).toMatchObject({ runId: "r2", status: "paused", isRunning: false, signal: "approve" });
  expect(documentOf(await shop.flujo(["resume", "r2", "--json"]))).toMatchObject({ status: "succeeded", output: "dropped" });
  const over = await shop.flujo(["signal", "r2", "approve", "--json"]);
  expect(errorOf(over)).toMatchObject({ code: "usage_invalid", message: expect.stringContaining("already ended (succeeded)") });
});
