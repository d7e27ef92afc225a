import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, resource, step } from "../../src/index.ts";

const RUNS = 1_000;

const folder = mkdtempSync(join(tmpdir(), "flujo-time-"));
afterAll(() => rmSync(folder, { recursive: true }));

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** How many of these are still there when all that nobody holds has been collected. */
async function survivors(refs: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 5; round++) {
    await new Promise(setImmediate);
    collect();
  }
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

test("a thousand runs that rest, on the machine's own clock, hold no timer and nothing of what they worked with", {
  timeout: 120_000,
}, async () => {
  const held: WeakRef<object>[] = [];
  const opened: WeakRef<object>[] = [];
  const db = resource({
    open: () => {
      const handle = { isOpen: true };
      opened.push(new WeakRef(handle));
      return handle;
    },
    close: (handle) => void (handle.isOpen = false),
    per: "run",
  });
  const program = pipeline({ name: "p", input: z.object({ n: z.number() }) })
    .step(
      step({
        name: "work",
        resources: { db },
        run: ({ n }: { readonly n: number }, about) => {
          const made = { n, pages: Array.from({ length: 100 }, (_, page) => `page ${page} of ${n}`) };
          held.push(new WeakRef(made), new WeakRef(about), new WeakRef(about.signal));
          return made;
        },
      }),
    )
    .parallel({
      sleeps: pipeline().sleep("month", "30 days"),
      asks: pipeline().human("ask", { answer: z.string(), timeout: "3 days", onTimeout: step("late", () => "late") }),
      waits: pipeline().waitFor("paid", { schema: z.string() }),
    });
  await using flujo = new Flujo({ state: `sqlite:${join(folder, "rest.db")}`, durability: "normal" });
  const before = timers();
  for (let n = 0; n < RUNS; n += 100) {
    const batch = Array.from({ length: 100 }, (_, index) => flujo.run(program, { n: n + index }, { runId: `run-${n + index}` }));
    for (const { status } of await Promise.all(batch)) expect(status).toBe("paused");
  }
  expect(held).toHaveLength(3 * RUNS);
  expect(opened).toHaveLength(RUNS);
  await expect.poll(timers, { timeout: 5_000 }).toBeLessThanOrEqual(before); // the one that looks for letters ends with the last live run
  expect(await survivors(held), "what their functions made and were given").toBeLessThanOrEqual(3);
  expect(await survivors(opened), "what was opened for them").toBeLessThanOrEqual(1);
  expect(await flujo.find("run-7")).toMatchObject({ status: "paused", owner: null });
});

test("a thousand runs that are held share nothing but have one timer each, and all of them are gone once they are called off", {
  timeout: 120_000,
}, async () => {
  const abort = new AbortController();
  await using flujo = new Flujo({ holdMs: Number.POSITIVE_INFINITY });
  const before = timers();
  const program = pipeline({ name: "p" }).sleep("month", "30 days");
  const going = Array.from({ length: RUNS }, (_, n) => flujo.run(program, n, { runId: `run-${n}`, signal: abort.signal }));
  await expect.poll(timers, { timeout: 20_000 }).toBeGreaterThanOrEqual(RUNS);
  abort.abort();
  for (const { status } of await Promise.all(going)) expect(status).toBe("cancelled");
  expect(timers()).toBeLessThanOrEqual(before);
});
