import { expect, test } from "vitest";
import { widthOf } from "../../src/cli/terminal/index.ts";
import { documentOf, errorOf, Workshop } from "./harness.ts";
import { screenOf } from "./screen-of.ts";

const ORDER = `import { pipeline, step } from "flujo";
import { z } from "zod";
export const nap = pipeline({ name: "nap", input: z.number() }).sleep("rest", "3 days").step("double", (n) => n * 2);
export const order = pipeline({ name: "order", input: z.number() })
  .waitFor("paid", { schema: z.object({ cents: z.number() }), timeout: "2 days", default: { cents: 0 } })
  .step("thank", ({ signal }) => signal.cents);
export const both = pipeline({ name: "both", input: z.number() })
  .parallel({
    paid: pipeline({ name: "money" }).waitFor("paid", { schema: z.number() }),
    sure: pipeline({ name: "person" }).human("sure", { answer: z.boolean(), show: () => ({ order: 17 }) }),
    later: pipeline({ name: "time" }).sleep("rest", "3 days"),
  })
  .step("end", () => "done");
export const endless = pipeline({ name: "endless", input: z.number() })
  .step("count", (n, { continueAs }): number => (n < 2 ? continueAs(n + 1) : n));
`;
const MOMENT = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;

test("a run that only sleeps says until when, and what goes on with it then; nobody is asked for an answer", async () => {
  using shop = new Workshop({ "order.ts": ORDER });
  const ended = await shop.flujo(["run", "order.ts#nap", "--input", "1", "--run-id", "r1"]);
  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(
    new RegExp(`^Run r1 sleeps until ${MOMENT} \\(in 3 d\\)\\.\n⏸ nap/rest  sleeps until ${MOMENT} \\(in 3 d\\)\n$`),
  );
  expect(ended.stderr).toMatch(/⏸ nap\/rest {2}sleeps until/);
  expect(ended.stderr).toMatch(/Next {2}flujo work order\.ts#nap .*\n +flujo resume r1 /);
  expect(ended.stderr).not.toContain("flujo answer");
  const again = await shop.flujo(["resume", "r1"]);
  expect(again.code).toBe(3); // it is not time yet
  const refused = await shop.flujo(["answer", "r1", "--value", "1"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/Run r1 sleeps until .*; nobody is asked\.\n.*flujo work order\.ts#nap .*flujo resume r1/);
});

test("what goes on at once is said to: a run that is due, one that was parked, and one that lost its process", async () => {
  const held = `import { pipeline } from "flujo";
import { z } from "zod";
export const nap = pipeline({ name: "nap", input: z.number() }).sleep("rest", (ms) => ms).step("double", (n) => n * 2);
`;
  using shop = new Workshop({ "nap.ts": held });
  expect((await shop.flujo(["run", "nap.ts#nap", "--input", "10200", "--run-id", "due"])).code).toBe(3);
  for (const [id, signal] of [
    ["parked", "SIGINT"],
    ["lost", "SIGKILL"],
  ] as const)
    await shop.flujo(["run", "nap.ts#nap", "--input", "9000", "--run-id", id], {
      onOutput: (said, kill) => {
        if (said.includes("sleeps until")) kill(signal);
      },
    });
  for (const id of ["parked", "lost"]) {
    const { stderr } = await shop.flujo(["show", id]);
    expect(stderr).toMatch(new RegExp(`Next {2}flujo work nap\\.ts#nap .*\n +flujo resume ${id} +go on with it from there\n`));
  }
  await expect
    .poll(async () => (await shop.flujo(["show", "due"])).stderr, { timeout: 30_000 })
    .toMatch(/flujo resume due +go on with it now: it is time\n/);
});

test("a run that waits for a signal names it, and the command that sends it; sent and resumed, it goes on", async () => {
  using shop = new Workshop({ "order.ts": ORDER });
  const ended = await shop.flujo(["run", "order.ts#order", "--input", "1", "--run-id", "r1"]);
  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(new RegExp(`^Run r1 waits for signal paid, until ${MOMENT} \\(in 2 d\\)\\.`));
  expect(ended.stderr).toContain("flujo signal r1 paid --value '…'");
  expect(ended.stderr).not.toContain("flujo answer");
  const error = errorOf(await shop.flujo(["answer", "r1", "--value", '{"cents": 3}', "--json"]));
  expect(error).toMatchObject({ code: "pause_not_found" });
  expect(error.remedy).toContain("flujo signal r1 paid");
  expect((await shop.flujo(["signal", "r1", "paid", "--value", '{"cents": 300}'])).code).toBe(0);
  const done = await shop.flujo(["resume", "r1"]);
  expect(done).toMatchObject({ code: 0, stdout: "300\n" });
  expect((await shop.flujo(["trace", "r1"])).stdout).toMatch(/✔ paid +\{ input: 1, signal: \{ cents: 300 \} \}/);
});

test("lists show when runs wake, show and --json have all that is waited for, whatever the width", async () => {
  using shop = new Workshop({ "order.ts": ORDER });
  for (const name of ["nap", "order", "both"]) await shop.flujo(["run", `order.ts#${name}`, "--input", "1", "--run-id", name]);
  const wide = (await shop.flujo(["list"])).stdout;
  expect(wide).toMatch(new RegExp(`^nap +nap +sleeps +${MOMENT} `, "m"));
  expect(wide).toMatch(new RegExp(`^order +order +waits for signal paid +${MOMENT} `, "m"));
  expect(wide).toMatch(new RegExp(`^both +both +waits for an answer and signal paid +${MOMENT} `, "m"));
  for (const columns of [80, 120]) {
    const size = { columns, rows: 40 };
    const listed = screenOf((await shop.atTerminal(["list"], size)).stdout, size);
    expect(listed.join("\n")).toMatch(new RegExp(`nap +nap +sleeps +${columns === 80 ? "in 3 d" : MOMENT} `));
    for (const what of ["show", "trace"]) {
      const screen = screenOf((await shop.atTerminal([what, "both"], size)).stdout, size);
      expect(screen.join("\n")).toMatch(/⏸ paid +waits for signal paid/);
      expect(screen.join("\n")).toMatch(/⏸ sure +waits for an answer/);
      expect(screen.join("\n")).toMatch(new RegExp(`⏸ rest +sleeps until ${MOMENT}`));
      for (const line of screen.slice(0, 12)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  }
  const shown = await shop.flujo(["show", "both"]);
  expect(shown.stdout).toMatch(/Waits for\n[^]*⏸ both\/parallel\/paid\/paid {2}waits for signal paid\n/);
  expect(shown.stdout).toContain("⏸ both/parallel/sure/sure\n  order: 17\n");
  expect(shown.stderr).toMatch(/flujo answer both [^]*flujo signal both paid --value[^]*flujo work order\.ts#both[^]*flujo resume both/);
  const document = documentOf(await shop.flujo(["show", "both", "--json"]));
  expect((document["pauses"] as readonly { waitsFor: string }[]).map(({ waitsFor }) => waitsFor).sort()).toEqual([
    "answer",
    "signal",
    "time",
  ]);
  expect(document["wakeAtMs"]).toEqual(expect.any(Number));
});

test("at a terminal people are asked what is theirs to answer; a signal is said, not asked for", async () => {
  using shop = new Workshop({ "order.ts": ORDER });
  expect((await shop.flujo(["run", "order.ts#both", "--input", "1", "--run-id", "r1"])).code).toBe(3);
  let isAnswered = false;
  const ended = await shop.atTerminal(["answer", "r1"], {
    onOutput: (said, _kill, type) => {
      if (isAnswered || !said.includes("sure")) return;
      isAnswered = /\(y\/n\)|[Yy]es/.test(said);
      if (isAnswered) type("y");
    },
  });
  const screen = screenOf(ended.stdout, { columns: 80, rows: 24 }).join("\n");
  expect(screen).toMatch(/⏸ both\/parallel\/paid\/paid +waits for signal paid\n +It comes as a signal: flujo signal r1 paid --value/);
  expect(screen).not.toContain("Which one?");
  expect(ended.code).toBe(3); // it goes on waiting for the rest
  expect((await shop.flujo(["list"])).stdout).toMatch(/waits for signal paid/);
});

test("a run that goes on as another is followed, and says so", async () => {
  using shop = new Workshop({ "order.ts": ORDER });
  const ended = await shop.flujo(["run", "order.ts#endless", "--input", "1", "--run-id", "r1"]);
  expect(ended).toMatchObject({ code: 0, stdout: "2\n" });
  expect(ended.stderr).toContain("↪ run r1 goes on as run r1.2");
  expect(ended.stderr).toContain("flujo trace r1.2");
  const shown = await shop.flujo(["show", "r1"]);
  expect(shown.stdout).toMatch(/↪ endless[^]*↪ count[^]*Run r1 went on as run r1\.2\./);
  expect((await shop.flujo(["show", "r1.2"])).stdout).toMatch(/comes of +continued from run r1\n/);
});

test("each run of a line has a short id of its own, which finds it, however long the line; at 80 columns it is shown whole", async () => {
  using shop = new Workshop({
    "line.ts": `import { pipeline } from "flujo";
import { z } from "zod";
export default pipeline({ name: "a pipeline with a name of some length", input: z.number() })
  .step("count", (n, { continueAs }): number => (n < 12 ? continueAs(n + 1) : n));
`,
  });
  const ended = await shop.flujo(["run", "line.ts", "--input", "1"]);
  expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: "12\n" });
  const last = /flujo trace ([0-9a-f]{8}-[0-9a-f]{4}\.12) /.exec(ended.stderr)?.[1] ?? "";
  const first = last.replace(".12", "");
  const shown = await shop.flujo(["show", last, "--json"]);
  expect(documentOf(shown)).toMatchObject({ output: 12, runId: expect.stringMatching(new RegExp(`^${first}-7.*\\.12$`)) });
  expect(documentOf(await shop.flujo(["show", first, "--json"]))).toMatchObject({ runId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  const seen = await shop.atTerminal(["show", last], { columns: 80, rows: 40 });
  expect(screenOf(seen.stdout, { columns: 80, rows: 40 }).join("\n")).toMatch(
    new RegExp(`✔ a pipeline with a name of some length +run ${last} `),
  );
  expect(errorOf(await shop.flujo(["show", `${first}.99`, "--json"]))).toMatchObject({ code: "run_not_found" });
});

test("progress without a terminal tells of waits, cancellations and what was told to stop, each on one line", async () => {
  const program = `import { setTimeout as sleep } from "node:timers/promises";
import { pipeline, step, withPolicy } from "flujo";
import { z } from "zod";
const kind = step("kind", (_: unknown, { signal }) => sleep(60_000, 1, { signal }));
export default pipeline({ name: "told", input: z.number() })
  .parallel({ fast: step("fast", () => 1), slow: kind }, { join: "any", name: "race" })
  .step("one", ({ output }) => output)
  .step(pipeline({ name: "check" }).step(kind), { timeoutMs: 20, fallback: step("guess", () => 7) })
  .step(withPolicy(step("rate", (n: number) => n), { validate: () => true }))
  .human("ok", { answer: z.boolean(), timeoutMs: 1_500, default: false })
  .sleep("nap", 1_900)
  .step("end", () => "done");
`;
  using shop = new Workshop({ "told.ts": program });
  const { code, stderr } = await shop.flujo(["run", "told.ts", "--input", "1"]);
  expect(code).toBe(0);
  const lines = stderr.split("\n").map((line) => line.replace(/ {2}\d+(?:\.\d)? m?s/, ""));
  expect(lines.slice(0, lines.indexOf("✔ told/end") + 1)).toEqual([
    "✔ told/race/fast",
    "⊘ told/race/slow  told to stop: others were enough",
    "✔ told/race",
    "✔ told/one",
    "✖ told/check  its time is over",
    "⊘ told/check/kind  told to stop: the time was over",
    "⊘ told/check (attempt 1)",
    "✔ told/check/fallback",
    "✔ told/check",
    "✔ told/rate",
    expect.stringMatching(new RegExp(`^⏸ told/ok  waits for an answer, until ${MOMENT}`)),
    "✔ told/ok",
    expect.stringMatching(new RegExp(`^⏸ told/nap  sleeps until ${MOMENT}:\\d\\d \\(in 1\\.\\d s\\)$`)),
    "✔ told/nap",
    "✔ told/end",
  ]);
});
