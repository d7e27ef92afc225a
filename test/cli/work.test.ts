import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { documentOf, errorOf, Workshop } from "./harness.ts";

const PROGRAMS = `import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { background, pipeline } from "flujo";
import { z } from "zod";
const until = async (file: string, signal?: AbortSignal) => {
  writeFileSync(file + ".waits", "");
  while (!existsSync(file)) await sleep(5, undefined, { signal });
  return file;
};
export const remind = pipeline({ name: "remind", input: z.number() })
  .sleep("wait", (ms) => ms)
  .step("say", (ms) => "reminded after " + ms);
export const asks = pipeline({ name: "asks" })
  .human("approve", { answer: z.object({ ok: z.boolean() }) })
  .step("act", ({ answer }) => (answer.ok ? "sent" : "dropped"));
export const slow = pipeline({ name: "slow" })
  .sleep("wait", 10_500)
  .step("work", (_: unknown, { signal }) => until("go", signal));
export const order = pipeline({ name: "order" })
  .step(background(pipeline({ name: "mail" }).step("send", (_: unknown, { signal }) => until("go", signal))))
  .step("done", () => "thank you");
export const beside = pipeline({ name: "beside" }).parallel({
  ask: pipeline().human("approve", { answer: z.object({ ok: z.boolean() }) }),
  work: pipeline().step("work", () => until("go")),
});
`;

const shops: Workshop[] = [];
afterEach(() => {
  for (const shop of shops.splice(0)) shop[Symbol.dispose]();
});

function workshop(): Workshop {
  const shop = new Workshop({ "programs.ts": PROGRAMS });
  shops.push(shop);
  return shop;
}

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("work --once takes up what is ready, says how it came to rest, and ends with 0; with nothing ready it says so", async () => {
  const shop = workshop();
  expect((await shop.flujo(["run", "programs.ts#asks", "--run-id", "r1"])).code).toBe(3);
  const idle = await shop.flujo(["work", "programs.ts", "--once"]);
  expect(idle, idle.stderr).toMatchObject({ code: 0, stdout: "" });
  expect(idle.stderr).toContain("No run could go on.");
  expect((await shop.flujo(["signal", "r1", "approve", "--value", '{"ok": true}'])).code).toBe(0);
  const worked = await shop.flujo(["work", "programs.ts#asks", "--once"]);
  expect(worked, worked.stderr).toMatchObject({ code: 0 });
  expect(worked.stdout).toMatch(/^▸ r1 {2}asks {2}its time has come, or something was sent to it\n✔ r1 {2}asks {2}succeeded {2}\S.*\n$/);
  expect(worked.stderr).toContain("Went on with 1 run.");
  expect(documentOf(await shop.flujo(["show", "r1", "--json"]))).toMatchObject({ status: "succeeded", output: "sent" });
});

test("work with --json prints a line for each thing, takes up what was interrupted, and names what it cannot go on with", async () => {
  const shop = workshop();
  const said = Promise.withResolvers<(signal: NodeJS.Signals) => void>();
  const dying = shop.flujo(["run", "programs.ts#beside", "--run-id", "r1"], { onOutput: (_said, kill) => said.resolve(kill) });
  const kill = await said.promise;
  await expect.poll(() => existsSync(shop.path("go.waits")), { timeout: 30_000 }).toBe(true);
  kill("SIGKILL");
  await dying;
  shop.write({ go: "" });
  const changed = PROGRAMS.replace('answer.ok ? "sent" : "dropped"', '"changed"');
  expect((await shop.flujo(["run", "programs.ts#asks", "--run-id", "r2"])).code).toBe(3);
  shop.write({ "programs.ts": changed });
  expect((await shop.flujo(["signal", "r2", "approve", "--value", '{"ok": true}'])).code).toBe(0);
  const worked = await shop.flujo(["work", "programs.ts", "--once", "--json"]);
  expect(worked, worked.stderr).toMatchObject({ code: 0 });
  const told = lines(worked.stdout);
  expect(told).toContainEqual(expect.objectContaining({ type: "taken-up", runId: "r1", pipeline: "beside", because: "interrupted" }));
  expect(told).toContainEqual(
    expect.objectContaining({ type: "at-rest", runId: "r1", result: expect.objectContaining({ status: "paused" }) }),
  );
  expect(told).toContainEqual(
    expect.objectContaining({ type: "left-alone", runId: "r2", error: expect.objectContaining({ code: "plan_changed" }) }),
  );
  expect(worked.stderr).toContain("Run r2 cannot be gone on with");
  expect(told.filter(({ runId }) => runId === "r2")).toHaveLength(1); // it was never taken up
  const again = await shop.flujo(["work", "programs.ts", "--once"]);
  expect(again.stdout).toBe(
    '! r2  asks  left as it was: Run r2 began with another version of "asks": asks/act: the code of its function changed.  [plan_changed]\n',
  );
  expect(again.stderr).toContain("No run could go on; one was left as it was.");
});

test("Ctrl-C ends work with 130 and parks what is live; a moment that comes meanwhile is met", async () => {
  const shop = workshop();
  const rested = await shop.flujo(["run", "programs.ts#slow", "--run-id", "r1", "--json"]);
  expect(rested, rested.stderr).toMatchObject({ code: 3 });
  expect(documentOf(rested)).toMatchObject({ status: "paused" });
  const said = Promise.withResolvers<(signal: NodeJS.Signals) => void>();
  const working = shop.flujo(["work", "programs.ts", "--poll", "200ms"], { onOutput: (_said, kill) => said.resolve(kill) });
  const kill = await said.promise;
  await expect.poll(() => existsSync(shop.path("go.waits")), { timeout: 30_000 }).toBe(true);
  kill("SIGINT");
  const worked = await working;
  expect(worked.code, worked.stderr).toBe(130);
  expect(worked.stdout).toContain("r1");
  expect(documentOf(await shop.flujo(["show", "r1", "--json"]))).toMatchObject({ status: "stopped", isRunning: false });
});

test("work refuses what it cannot begin with", async () => {
  const shop = workshop();
  expect(errorOf(await shop.flujo(["work", "programs.ts", "--poll", "often", "--json"]))).toMatchObject({ code: "usage_invalid" });
  expect(errorOf(await shop.flujo(["work", "programs.ts", "--state", "memory", "--json"]))).toMatchObject({ code: "usage_invalid" });
  expect(errorOf(await shop.flujo(["work", "nothing.ts", "--json"]))).toMatchObject({ code: "file_not_loadable" });
  expect((await shop.flujo(["work", "--json"])).code).toBe(2);
});

test("query says where a run of another process stands, and an answer from a third is taken there", async () => {
  const shop = workshop();
  const running = shop.flujo(["run", "programs.ts#beside", "--run-id", "r1", "--json"]);
  await expect.poll(() => existsSync(shop.path("go.waits")), { timeout: 30_000 }).toBe(true);
  const now = await shop.flujo(["query", "r1"]);
  expect(now, now.stderr).toMatchObject({ code: 0 });
  expect(now.stdout).toMatch(/status {4}running \(process \d+\)/);
  expect(now.stdout).toMatch(/human +beside\/parallel\/ask\/approve/);
  expect(now.stdout).toMatch(/step +beside\/parallel\/work\/work/);
  const document = documentOf(await shop.flujo(["query", "r1", "--json"]));
  expect(document).toMatchObject({
    status: "running",
    isRunning: true,
    waits: [{ name: "approve" }],
    frontier: [{ kind: "human" }, { kind: "step", path: "beside/parallel/work/work", attempt: 1 }],
  });
  const answering = shop.flujo(["answer", "r1", "--value", '{"ok": true}', "--json"]);
  await expect
    .poll(async () => (documentOf(await shop.flujo(["query", "r1", "--json"]))["waits"] as readonly unknown[]).length, { timeout: 30_000 })
    .toBe(0);
  shop.write({ go: "" });
  const [ran, answered] = [await running, await answering];
  expect(documentOf(ran)).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, work: "go" } });
  expect(answered, answered.stderr).toMatchObject({ code: 0 });
  expect(documentOf(answered)).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, work: "go" } });
});

test("run says that what its run started in the background is parked with it, and what goes on with that", async () => {
  const shop = workshop();
  const ran = await shop.flujo(["run", "programs.ts#order", "--run-id", "r1"]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: "thank you\n" });
  expect(ran.stderr).toContain("1 run that it started in the background has not ended, and is parked with this command.");
  expect(ran.stderr).toMatch(
    /Next {2}flujo work programs\.ts#order +goes on with it by itself\n +flujo resume r1\.mail-\w+ +go on with mail\n/,
  );
  const inMemory = await shop.flujo(["run", "programs.ts#order", "--state", "memory"]);
  expect(inMemory.stderr).toContain("ends with this command: the state was in memory.");
  expect(inMemory.stderr).not.toContain("flujo work");
  const parked = await shop.flujo(["list", "--status", "parked"]);
  expect(parked, parked.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/mail +parked/) });
  expect((await shop.flujo(["list", "--status", "asleep"])).stderr).toContain("paused, parked, succeeded");
  shop.write({ go: "" });
  const worked = await shop.flujo(["work", "programs.ts#order", "--once"]);
  expect(worked, worked.stderr).toMatchObject({ code: 0 });
  const [child] = (documentOf(await shop.flujo(["list", "--parent", "r1", "--json"])) as { runs: readonly { status: string }[] }).runs;
  expect(child?.status).toBe("succeeded");
  expect((await shop.flujo(["resume", "r1"])).stderr).not.toContain("in the background");
});
