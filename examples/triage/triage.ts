// A support desk: every ticket is read, sorted and prepared by a pipeline. Run it:
//   npx flujo run examples/triage/triage.ts#triage --input @examples/triage/tickets.json
import { pipeline, step } from "flujo";
import { z } from "zod";
import { bug } from "./bug.ts";
import { classify } from "./classify.ts";
import { saveDraft } from "./desk.ts";
import { refund } from "./refund.ts";
import { reply } from "./reply.ts";
import { type Proposal, Ticket, TriageContext, type TriageResult } from "./ticket.ts";

/** Refunds above this are not ours to give: somebody is asked. */
const REFUND_LIMIT_CENTS = 10_000;

const Approval = z.object({ ok: z.boolean().describe("Send the refund?"), note: z.string().optional().describe("A note for the books") });

const settle = step({
  name: "settle",
  context: TriageContext,
  run: ({ input, answer }: { input: Proposal; answer: z.infer<typeof Approval> | null }, at): TriageResult => {
    const { ticket, label, action, draft, refundCents } = input;
    if (answer?.ok !== false) at.contribute("refundedCents", refundCents);
    if (answer?.note !== undefined) at.contribute("notes", `ticket ${ticket.id}: ${answer.note}`);
    const verdict = answer === null ? "" : answer.ok ? " approved" : " refused";
    return { id: ticket.id, subject: ticket.subject, ...label, outcome: `${action}${verdict}`, draft: answer?.ok === false ? "" : draft };
  },
});

const approved = pipeline()
  .human("approve", {
    show: ({ output }: { output: Proposal }) => `Ticket ${output.ticket.id}: ${output.action} to ${output.ticket.from}`,
    answer: Approval,
  })
  .tap("save draft", (_, at) => saveDraft(at))
  .step(settle);

const unasked = pipeline()
  .step("unasked", (input: Proposal) => ({ input, answer: null }))
  .tap("save draft", (_, at) => saveDraft(at))
  .step(settle);

/** One ticket, from what the customer wrote to what is done about it. */
export const ticket = pipeline({ name: "ticket", version: "1.0.0", input: Ticket, context: TriageContext })
  .parallel({ ticket: step("read", (read: Ticket) => read), label: classify })
  .branch(({ label }) => label.area, { billing: refund, bug, other: reply }, { name: "area" })
  .branch(({ refundCents }) => refundCents > REFUND_LIMIT_CENTS, { true: approved, false: unasked }, { name: "above limit" });

/** All tickets of a morning, a few at a time; the one that waits for approval holds nobody up. */
export const triage = pipeline({ name: "triage", version: "1.0.0", input: z.array(Ticket), context: TriageContext }).map(ticket, {
  name: "tickets",
  concurrency: 4,
});
