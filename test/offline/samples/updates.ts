import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Weekly notes of people who build an exhibition. */
export const updates: Sample = {
  name: "updates",
  instructions: "Turn the weekly note into a record.",
  schema: z.object({
    project: z.string(),
    week: z.iso.date().describe("date of the note"),
    author: z.string().nullable(),
    team: z.array(z.string()).describe("people who took part"),
    done: z.array(z.string()),
    todo: z.array(z.object({ person: z.string().nullable(), action: z.string(), deadline: z.iso.date().nullable() })),
    blockers: z.array(z.string()),
    budgetLeft: z.number().nullable(),
    status: z.enum(["on track", "at risk", "late"]),
  }),
  cases: [
    {
      text: `# Project: Lighthouse exhibition

**Date:** 12 May 2026
**Author:** Farid Nouri
**Team:** Farid Nouri, Jana Pohl, Wes Cole

## Done
- glass cases delivered
- lamp room model painted

## Todo
| Person | Action | Deadline |
|---|---|---|
| Jana Pohl | hang the maps | 2026-05-19 |
| Wes Cole | test the foghorn | 2026-05-15 |

## Blockers
- the west door is still locked

Budget left: €3,200
Status: at risk`,
      expected: {
        project: "Lighthouse exhibition",
        week: "2026-05-12",
        author: "Farid Nouri",
        team: ["Farid Nouri", "Jana Pohl", "Wes Cole"],
        done: ["glass cases delivered", "lamp room model painted"],
        todo: [
          { person: "Jana Pohl", action: "hang the maps", deadline: "2026-05-19" },
          { person: "Wes Cole", action: "test the foghorn", deadline: "2026-05-15" },
        ],
        blockers: ["the west door is still locked"],
        budgetLeft: 3200,
        status: "at risk",
      },
    },
    {
      text: `Project: Tram museum
Week of 2026-06-01, written by Noor Aziz
Team: Noor, Pavel and Beth

Done: benches repaired; floor sealed

Todo:
[ ] Pavel: order new bulbs (by 5 June)
[ ] Beth: invite the school class (by 12 June)
[ ] clean the signal box

Blockers: none

We are on track, with 1,450 EUR of the budget left.`,
      expected: {
        project: "Tram museum",
        week: "2026-06-01",
        author: "Noor Aziz",
        team: ["Noor", "Pavel", "Beth"],
        done: ["benches repaired", "floor sealed"],
        todo: [
          { person: "Pavel", action: "order new bulbs", deadline: "2026-06-05" },
          { person: "Beth", action: "invite the school class", deadline: "2026-06-12" },
          { person: null, action: "clean the signal box", deadline: null },
        ],
        blockers: [],
        budgetLeft: 1450,
        status: "on track",
      },
    },
  ],
};
