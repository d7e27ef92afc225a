import { agent, pipeline, step } from "flujo";
import type { KnownIssue } from "./desk.ts";
import { openIssue, searchIssues } from "./desk.ts";
import { Case, letterOf, type Proposal, TriageContext } from "./ticket.ts";

const summary = agent({
  name: "summary",
  model: "offline:extract",
  instructions: "Summarize the problem that this support ticket reports, in one sentence.",
  input: Case.transform(({ ticket }) => letterOf(ticket)),
});

const similar = step("similar", ({ ticket }: Case, call) => searchIssues(`${ticket.subject} ${ticket.body}`, call));

const fileIssue = step({
  name: "fileIssue",
  context: TriageContext,
  effect: "idempotent", // the tracker knows a key it has seen
  retries: 2,
  run: async ({ of, summary: text, similar: like }: { of: Case; summary: string; similar: readonly KnownIssue[] }, { contribute, ...call }): Promise<Proposal> => {
    const number = await openIssue(of.ticket.id, call);
    contribute("issuesFiled", 1);
    const found = like.length === 0 ? "nothing similar" : `${like.length} similar`;
    return { ...of, refundCents: 0, action: `issue ${number}, ${found}`, draft: `Thank you, we have filed this as issue ${number}: ${text}` };
  },
});

/** Bugs: a summary and a search at the same time, then an issue of both. */
export const bug = pipeline()
  .parallel({ of: step("case", (of: Case) => of), summary, similar })
  .step(fileIssue);
