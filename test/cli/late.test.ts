import { expect, test } from "vitest";
import { z } from "zod";
import { ServedRuns } from "../../src/cli/served-runs.ts";
import { Flujo, pipeline } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { documentOf, errorOf, Workshop } from "./harness.ts";
import { screenOf } from "./screen-of.ts";

// Runs that rest while the time of what they wait for runs out, and are told something only then.

const ORDER = `import { pipeline } from "flujo";
import { z } from "zod";
const sure = { answer: z.boolean(), timeout: "1 day", default: false };
const paid = { schema: z.number(), timeout: "1 day", default: 0 };
export const sign = pipeline({ name: "sign", input: z.number() }).human("sure", sure).step("end", ({ answer }) => (answer ? "signed" : "nobody signed"));
export const pay = pipeline({ name: "pay", input: z.number() }).waitFor("paid", paid).step("end", ({ signal }) => "paid " + signal);
`;

/** Begins runs of all programs, two days ago. */
const BEGIN = `import { resolve } from "node:path";
import { Flujo } from "flujo";
import { ManualClock } from "flujo/testing";
import * as programs from "./order.ts";
await using flujo = new Flujo({ state: "sqlite:.flujo/state.db", clock: new ManualClock(Date.now() - 2 * 86_400_000) });
for (const [exportName, program] of Object.entries(programs))
  await flujo.run(program, 1, { runId: exportName, source: { file: resolve("order.ts"), exportName } });
`;

async function twoDaysLater(): Promise<Workshop> {
  const shop = new Workshop({ "order.ts": ORDER, "begin.ts": BEGIN });
  const begun = await shop.spawn([process.execPath, "--conditions=flujo-src", "begin.ts"], {});
  expect(begun, begun.stderr).toMatchObject({ code: 0 });
  return shop;
}

const AGO = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d \(1 d ago\)`;

test("an answer after the limit is refused and told when that was and what goes on with the run, which then is as its limit says", async () => {
  using shop = await twoDaysLater();
  const { pauses } = documentOf(await shop.flujo(["show", "sign", "--json"])) as { pauses: readonly { wakeAtMs: number }[] };
  const over = new Date(pauses[0]?.wakeAtMs ?? 0).toISOString();
  const refused = await shop.flujo(["answer", "sign", "--value", "true", "--json"]);
  expect(refused.code).toBe(2);
  expect(errorOf(refused)).toMatchObject({
    code: "pause_not_found",
    message: `Run sign takes no answer at sign/sure any more: its time was over at ${over}.`,
    remedy: expect.stringContaining("`flujo resume sign`"),
  });
  expect(documentOf(await shop.flujo(["show", "sign", "--json"]))).toMatchObject({ status: "paused", pauses });
  const shown = await shop.flujo(["show", "sign"]);
  expect(shown.stdout).toMatch(new RegExp(`waited for an answer until ${AGO}`));
  expect(shown.stderr).not.toContain("flujo answer");
  expect(shown.stderr).toMatch(/Next {2}flujo work order\.ts#sign .*\n +flujo resume sign +go on with it now: it is time\n/);
  expect(await shop.flujo(["resume", "sign"])).toMatchObject({ code: 0, stdout: "nobody signed\n" });
});

test("at a terminal nobody is asked what nobody can answer any more", async () => {
  using shop = await twoDaysLater();
  const ended = await shop.atTerminal(["answer", "sign"]);
  const screen = screenOf(ended.stdout, { columns: 200, rows: 24 }).join("\n");
  expect(screen).toContain("its time was over at");
  expect(screen).not.toMatch(/\(y\/n\)|[Yy]es/);
  expect(ended.code).toBe(2);
});

test("a signal after the limit is kept, and its sender is told that it came too late, in words and in the document", async () => {
  using shop = await twoDaysLater();
  const shown = await shop.flujo(["show", "pay"]);
  expect(shown.stdout).toMatch(new RegExp(`has waited for signal paid until ${AGO}`));
  expect(shown.stderr).not.toContain("flujo signal");
  const sent = await shop.flujo(["signal", "pay", "paid", "--value", "5"]);
  expect(sent.code).toBe(0);
  expect(sent.stdout).toMatch(
    new RegExp(`^Run pay was sent "paid", too late: it waited for it until ${AGO}\\. It is kept for the next wait of that name\\.\n$`),
  );
  expect(sent.stderr).toMatch(/Next {2}flujo resume pay +go on with it\n/);
  expect(documentOf(await shop.flujo(["signal", "pay", "paid", "--value", "6", "--json"]))).toMatchObject({
    isAwaited: false,
    overAtMs: expect.any(Number),
  });
  expect(await shop.flujo(["resume", "pay"])).toMatchObject({ code: 0, stdout: "paid 0\n" });
});

test("a client that is served is told to have the run gone on with, and not to have a person answer", async () => {
  const program = pipeline({ name: "sign", input: z.number() }).human("sure", { answer: z.boolean(), timeout: "1 day", default: false });
  const clock = new ManualClock(Date.now() - 2 * 86_400_000);
  const source = { file: "order.ts", exportName: "sign" };
  const flujo = new Flujo({ clock });
  const runs = new ServedRuns({
    flujo,
    programs: [{ program, source, label: "order.ts#sign" }],
    model: null,
    patienceMs: 10_000,
    warn: (line) => expect.fail(line),
  });
  expect(await clock.until(flujo.run(program, 1, { runId: "r1", source }))).toMatchObject({ status: "paused" });
  await clock.advance(86_400_001);
  expect((await runs.status("r1")).next).toMatch(/is over.*run_resume/);
  await expect(runs.answer("r1", { pause: null, value: true })).rejects.toMatchObject({
    code: "pause_not_found",
    message: expect.stringContaining("its time was over at"),
  });
  expect(await clock.until(runs.resume("r1"))).toMatchObject({ status: "succeeded", output: { answer: false } });
});
