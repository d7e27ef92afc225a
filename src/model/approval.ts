import type { Json } from "../base/json.ts";

/** A person's answer to a tool call that needs approval. */
export type Approval =
  | { readonly decision: "approve" }
  /** The tool does not run; the model is told so, and why. */
  | { readonly decision: "reject"; readonly note?: string }
  /** The tool runs with these arguments instead; the model is told them. */
  | { readonly decision: "edit"; readonly input: unknown; readonly note?: string };

/** What a person is shown who is to approve a tool call. */
export interface ApprovalRequest {
  readonly agent: string;
  readonly tool: string;
  readonly description: string;
  /** The arguments, as the model wrote them and the tool's schema took them. */
  readonly input: unknown;
}

/** The JSON Schema of an {@link Approval} of a tool with these arguments. */
export function approvalSchema(inputSchema: Json): Json {
  const note = { type: "string", description: "Why; the model reads it." };
  const choice = (decision: string, properties: { readonly [key: string]: Json }, required: readonly string[]): Json => ({
    type: "object",
    properties: { decision: { type: "string", const: decision }, ...properties },
    required: ["decision", ...required],
    additionalProperties: false,
  });
  return { anyOf: [choice("approve", {}, []), choice("reject", { note }, []), choice("edit", { input: inputSchema, note }, ["input"])] };
}

/** Whether a value is an approval; what is to be edited is checked by the tool's own schema. */
export function isApproval(value: unknown): value is Approval {
  if (typeof value !== "object" || value === null || !("decision" in value)) return false;
  const { decision } = value;
  const known = decision === "approve" ? ["decision"] : decision === "reject" ? ["decision", "note"] : ["decision", "input", "note"];
  if (decision !== "approve" && decision !== "reject" && decision !== "edit") return false;
  if (!Object.keys(value).every((key) => known.includes(key))) return false;
  if ("note" in value && value.note !== undefined && typeof value.note !== "string") return false;
  return decision !== "edit" || "input" in value;
}
