// Answers a run that ask.ts began, in a process of its own: npx node examples/approval/answer.ts RUN yes|no
import { Flujo } from "flujo";
import { expense } from "./expense.ts";

const [runId = "", word = ""] = process.argv.slice(2);
await using flujo = new Flujo({ state: "sqlite:.flujo/approval.db" });
const result = await flujo.answer(expense, runId, { value: { ok: word === "yes" } });
console.log(result.unwrap());
