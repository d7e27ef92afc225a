import type { Schema } from "../base/schema.ts";
import { type Approval, isApproval } from "../model/approval.ts";

/** Checks a person's answer to a tool call that needs approval; edited arguments are checked by the tool's own schema after that. */
export const APPROVAL_ANSWER: Schema<Approval> = Object.freeze({
  "~standard": Object.freeze({
    version: 1 as const,
    vendor: "flujo",
    validate: (value: unknown) =>
      isApproval(value)
        ? { value }
        : {
            issues: [{ message: 'expected { decision: "approve" }, { decision: "reject", note? } or { decision: "edit", input, note? }' }],
          },
  }),
});
