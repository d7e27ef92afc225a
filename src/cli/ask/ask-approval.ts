import { isPlainObject } from "../../base/json.ts";
import type { Approval, Pause } from "../../index.ts";
import { isApprovalRequest } from "../terminal/call-text.ts";
import { printableLine } from "../terminal/printable.ts";
import { askValue } from "./ask-value.ts";
import type { Asker } from "./asker.ts";

/**
 * Asks a person what is to become of a tool call: whether it runs, runs with other arguments, or does not run.
 *
 * @param given - The arguments to begin with where they are to be changed. Default: those the model wrote.
 */
export async function askApproval(asker: Asker, pause: Pause, given?: unknown): Promise<Approval> {
  const request = isApprovalRequest(pause.show) ? pause.show : null;
  const tool = printableLine(pause.name);
  const decision = await asker.choose(`May ${printableLine(request?.agent ?? "the agent")} call ${tool}?`, [
    { label: "Approve: it runs as it is", value: "approve" },
    { label: "Reject: it does not run, and the model is told why", value: "reject" },
    { label: "Edit: change its arguments, then it runs", value: "edit" },
  ]);
  if (decision === "approve") return { decision };
  if (decision !== "edit")
    return { decision: "reject", ...noteOf(await asker.text("Why not? The model reads it. (optional)", () => null)) };
  const input = await askValue(asker, { schema: inputSchemaOf(pause.answerSchema), title: tool, present: given ?? request?.input });
  return { decision, input, ...noteOf(await asker.text("Why the change? The model reads it. (optional)", () => null)) };
}

function noteOf(text: string): { readonly note?: string } {
  const note = text.trim();
  return note === "" ? {} : { note };
}

/** What the tool's arguments must be like, by the schema of an answer. */
function inputSchemaOf(answerSchema: unknown): unknown {
  const choices = isPlainObject(answerSchema) && Array.isArray(answerSchema["anyOf"]) ? answerSchema["anyOf"] : [];
  for (const choice of choices) {
    const properties: unknown = isPlainObject(choice) ? choice["properties"] : null;
    if (isPlainObject(properties) && "input" in properties) return properties["input"];
  }
  return {};
}
