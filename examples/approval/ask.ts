// Begins a run, which waits for an answer; this process ends meanwhile. Go on with answer.ts.
import { Flujo } from "flujo";
import { expense } from "./expense.ts";

await using flujo = new Flujo({ state: "sqlite:.flujo/approval.db" });
const result = await flujo.run(expense, { who: "Ada", what: "a train ticket", cents: 8450 });
if (result.status === "paused") console.log(`${String(result.pauses[0]?.show)}?\nnpx node examples/approval/answer.ts ${result.runId} yes`);
