import { agent, pipeline, step } from "flujo";
import type { KnownIssue } from "./desk.ts";
import { openIssue, searchIssues } from "./desk.ts";
import { type Case, type Proposal, Story, TriageContext, theCase } from "./ticket.ts";

const summary = agent({
  name: "summary",
  model: "offline:extract",
  instructions: "Summarize the problem that this support ticket reports, in one sentence.",
  input: Story,
});

const similar = step("similar", ({ ticket }: Case, at) => searchIssues(`${ticket.subject} ${ticket.body}`, at));

const fileIssue = step({
  name: "fileIssue",
  context: TriageContext,
  effect: "idempotent", // the tracker knows a key it has seen
  retries: 2,
  run: async (
    { of, summary: text, similar: like }: { of: Case; summary: string; similar: readonly KnownIssue[] },
    at,
  ): Promise<Proposal> => {
    const number = await openIssue(of.ticket.id, at);
    at.contribute("issuesFiled", 1);
    const found = like.length === 0 ? "nothing similar" : `${like.length} similar`;
    return {
      ...of,
      refundCents: 0,
      action: `issue ${number}, ${found}`,
      draft: `Thank you, we have filed this as issue ${number}: ${text}`,
    };
  },
});

/** Bugs: a summary and a search at the same time, then an issue of both. */
export const bug = pipeline().parallel({ of: theCase, summary, similar }).step(fileIssue);
