// One process of `npm run demo -- --crash`: runs the tickets or goes on with a run, and may be told to die on the way.
import { Flujo, FlujoError } from "../../../src/index.ts";
import { openSqliteStore } from "../../../src/journal/sqlite/open-sqlite-store.ts";
import { OWN_ANSWER } from "../approval.ts";
import { BATCH } from "../job.ts";
import { STATE_FILE } from "../state.ts";
import type { ChildOrder } from "./child-order.ts";
import { countedModel } from "./counted-model.ts";
import { CountingStore } from "./counting-store.ts";

const { runId, isResume, model, killAfter, models } = JSON.parse(process.argv[2] ?? "") as ChildOrder;

try {
  await runOrder();
} catch (error) {
  if (!FlujoError.is(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
process.disconnect();

async function runOrder(): Promise<void> {
  const store = new CountingStore(await openSqliteStore(STATE_FILE), (entries) => {
    if (killAfter !== null && entries >= killAfter) process.kill(process.pid, "SIGKILL");
    process.send?.({ entries });
  });
  await using flujo = new Flujo({ state: store, models: { [model]: () => countedModel(model, models) } });
  let came = isResume ? await BATCH.resume(flujo, runId, {}) : await BATCH.run(flujo, { runId, model });
  while (came.status === "paused") {
    const [pause] = came.pauses;
    if (pause === undefined) throw new FlujoError("pause_not_found", `Run ${runId} waits for nothing.`);
    came = await BATCH.answer(flujo, runId, { pause: pause.id, value: OWN_ANSWER, options: {} });
  }
  came.unwrap();
}
