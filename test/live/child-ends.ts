import { z } from "zod";
import { Flujo, pipeline, resource, step } from "../../src/index.ts";

// A process that starts, parks, cancels and works on runs, closes nothing, and is expected to end by itself.

const [file = ""] = process.argv.slice(2);
const flujo = new Flujo({ state: `sqlite:${file}`, durability: "normal", graceMs: 50, maxLiveRuns: 4 });
const said: Record<string, string> = {};

const sleeps = pipeline({ name: "sleeps" }).sleep("wait", "30 days");
said["sleeping"] = (await flujo.run(sleeps, 1)).status;

const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean(), timeoutMs: 86_400_000 });
said["waiting"] = (await flujo.run(asks, 1)).status;

const connection = resource({
  open: () => setInterval(() => undefined, 1_000),
  close: (timer) => clearInterval(timer),
  per: "run",
});
const deaf = step({ name: "deaf", resources: { connection }, timeoutMs: 3_600_000, run: () => new Promise<never>(() => undefined) });
const fails = step({
  name: "fails",
  retry: { retries: 5, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
  run: (): number => {
    throw new Error("no");
  },
});
const stuck = pipeline({ name: "stuck" }).parallel({ deaf: pipeline().step(deaf, { totalTimeoutMs: 3_600_000 }), fails });
const called = flujo.run(stuck, 1, { runId: "stuck" });
const other = flujo.run(stuck, 1, { runId: "other", signal: AbortSignal.timeout(20) });
await flujo.cancel("stuck", "enough");
said["cancelled"] = (await called).status;
said["by its signal"] = (await other).status;

const abort = new AbortController();
const working = flujo.work([sleeps], { signal: abort.signal });
setTimeout(() => abort.abort(), 20);
await working;

for await (const event of flujo.events("stuck")) if (event.family === "entry") said["last entry"] = event.entry.type;
said["frontier"] = (await flujo.query("stuck")).status;

process.once("beforeExit", () => {
  const left = process.getActiveResourcesInfo().filter((name) => !/^(TTYWrap|PipeWrap|FSReqCallback)$/.test(name)); // its own stdin, stdout and stderr
  process.stdout.write(JSON.stringify({ ...said, left }));
});
