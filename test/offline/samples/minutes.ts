import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Minutes of a choir's and a garden club's committee. */
export const minutes: Sample = {
  name: "minutes",
  instructions: "Extract what was agreed.",
  schema: z.object({
    subject: z.string(),
    date: z.iso.date(),
    present: z.array(z.string()),
    absent: z.array(z.string()),
    chair: z.string().nullable(),
    decisions: z.array(z.string()),
    tasks: z.array(z.object({ who: z.string(), what: z.string(), by: z.string().nullable() })),
    next: z.iso.date().nullable().describe("date of the next meeting"),
  }),
  cases: [
    {
      text: `Choir committee, spring planning
Date: 9 February 2026
Present: Ada Quinn (chair), Bo Larsen, Cleo Mbeki
Absent: Dov Katz

Decisions
- The summer tour goes to Wales.
- Membership stays at 40 euros.

Tasks
- Bo will book the bus by 1 March 2026
- Cleo to ask the printer for posters by Friday
- Ada: write to the Welsh choir

Next meeting: 9 March 2026`,
      expected: {
        subject: "Choir committee, spring planning",
        date: "2026-02-09",
        present: ["Ada Quinn", "Bo Larsen", "Cleo Mbeki"],
        absent: ["Dov Katz"],
        chair: "Ada Quinn",
        decisions: ["The summer tour goes to Wales", "Membership stays at 40 euros"],
        tasks: [
          { who: "Bo", what: "book the bus", by: "2026-03-01" },
          { who: "Cleo", what: "ask the printer for posters", by: "Friday" },
          { who: "Ada", what: "write to the Welsh choir", by: null },
        ],
        next: "2026-03-09",
      },
    },
    {
      text: `Garden club - autumn meeting, 3 October 2026

Attending were Paul Reed, Nina Vogt and Sam Abara. Lily Chen sent apologies. Nina chaired.

We decided to move the compost heap behind the shed. We also agreed that the tool shed gets a new lock.

To do:
* Paul Reed - buy the lock (until 10 October 2026)
* Sam Abara - measure the ground behind the shed

We meet again on 7 November 2026.`,
      expected: {
        subject: "Garden club - autumn meeting",
        date: "2026-10-03",
        present: ["Paul Reed", "Nina Vogt", "Sam Abara"],
        absent: ["Lily Chen"],
        chair: "Nina",
        decisions: ["We decided to move the compost heap behind the shed", "We also agreed that the tool shed gets a new lock"],
        tasks: [
          { who: "Paul Reed", what: "buy the lock", by: "2026-10-10" },
          { who: "Sam Abara", what: "measure the ground behind the shed", by: null },
        ],
        next: "2026-11-07",
      },
    },
  ],
};
