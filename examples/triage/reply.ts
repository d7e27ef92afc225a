import { agent, pipeline } from "flujo";
import { type Proposal, Story, theCase } from "./ticket.ts";

const request = agent({
  name: "request",
  model: "offline:extract",
  instructions: "Say what the writer of this support ticket asks for, in one sentence.",
  input: Story,
});

/** Everything else: a first reply that shows we have read it. */
export const reply = pipeline()
  .parallel({ of: theCase, request })
  .step(
    "propose",
    ({ of, request: text }): Proposal => ({
      ...of,
      refundCents: 0,
      action: "reply drafted",
      draft: `Thank you for writing. You asked: "${text}" A colleague answers within a day.`,
    }),
  );
