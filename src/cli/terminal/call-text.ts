import { isPlainObject } from "../../base/json.ts";
import type { Approval, ApprovalRequest } from "../../model/approval.ts";
import { isApproval } from "../../model/approval.ts";
import type { NodeView } from "../../model/view-data.ts";
import { printableLine } from "./printable.ts";
import { fit } from "./text-width.ts";
import { valueLine } from "./value-text.ts";

/** The arguments of a tool call on one line: `order: 17, to: "Ada"`; what is no object, as it is. */
export function argumentsText(input: unknown): string {
  if (!isPlainObject(input)) return input === undefined ? "" : valueLine(input);
  const line = valueLine(input);
  return line === "[]" || line === "{  }" || Object.keys(input).length === 0 ? "" : line.replace(/^\{ ([^]*) \}$/, "$1");
}

/** A tool call in at most so many columns: `refund(order: 17, to: "Ada")`. Its name is kept longest. */
export function callText(tool: string, input: unknown, columns: number): string {
  const name = printableLine(tool);
  const given = argumentsText(input);
  if (given === "") return fit(`${name}()`, columns);
  return fit(`${name}(${fit(given, Math.max(1, columns - name.length - 2))})`, columns);
}

/** Whether what is shown for a pause is a tool call that waits for approval. */
export function isApprovalRequest(show: unknown): show is ApprovalRequest {
  return isPlainObject(show) && typeof show["tool"] === "string" && typeof show["agent"] === "string" && "input" in show;
}

/** What a person said of a tool call; null while they have not. */
function approvalOf(call: NodeView): Approval | null {
  const said = call.children.get("approval")?.output;
  return isApproval(said) ? said : null;
}

/** Why a tool call was not run, where a person said no: `denied by a person: too much`. */
export function denialText(call: NodeView): string {
  const said = approvalOf(call);
  const note = said?.decision === "reject" ? (said.note ?? "") : "";
  return note === "" ? "denied by a person" : `denied by a person: ${note}`;
}
