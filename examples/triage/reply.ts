import { agent, pipeline, step } from "flujo";
import { Case, letterOf, type Proposal } from "./ticket.ts";

const request = agent({
  name: "request",
  model: "offline:extract",
  instructions: "Say what the writer of this support ticket asks for, in one sentence.",
  input: Case.transform(({ ticket }) => letterOf(ticket)),
});

/** Everything else: a first reply that shows we have read it. */
export const reply = pipeline()
  .parallel({ of: step("case", (of: Case) => of), request })
  .step("propose", ({ of, request: text }): Proposal => ({
    ...of,
    refundCents: 0,
    action: "reply drafted",
    draft: `Thank you for writing. You asked: "${text}" A colleague answers within a day.`,
  }));
