import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Handover notes between shifts at a greenhouse and a hostel. */
export const handovers: Sample = {
  name: "handovers",
  instructions: "Turn this handover note into a record.",
  schema: z.object({
    place: z.string().nullable(),
    date: z.iso.date(),
    from: z.string().describe("who hands over"),
    to: z.string().describe("who takes over"),
    people: z.array(z.string()).describe("everybody who was on the shift"),
    open: z.array(z.object({ owner: z.string(), task: z.string(), due: z.iso.date().nullable() })).describe("open tasks"),
    agreements: z.array(z.string()).describe("what was agreed or decided"),
    guests: z.number().int().nullable().describe("number of guests or visitors"),
    mood: z
      .enum(["calm", "busy", "tense"])
      .describe("calm: quiet, uneventful. busy: a lot of guests, queues. tense: arguments, complaints"),
    nextShift: z.iso.date().nullable(),
    summary: z.string(),
  }),
  cases: [
    {
      text: `Handover - Greenhouse North
Date: 2026-04-17
From: Ines Moreau
To: Karl Abt
On shift: Ines Moreau, Jo Finch, Temi Bello

A quiet day, 42 visitors in all.

Agreed:
- water the ferns only in the morning
- keep gate B locked

Open tasks:
1. Karl Abt: order new seed trays (due 2026-04-20)
2. Jo Finch: oil the door by 2026-04-24

Next shift: 2026-04-18`,
      expected: {
        place: "Greenhouse North",
        date: "2026-04-17",
        from: "Ines Moreau",
        to: "Karl Abt",
        people: ["Ines Moreau", "Jo Finch", "Temi Bello"],
        open: [
          { owner: "Karl Abt", task: "order new seed trays", due: "2026-04-20" },
          { owner: "Jo Finch", task: "oil the door", due: "2026-04-24" },
        ],
        agreements: ["water the ferns only in the morning", "keep gate B locked"],
        guests: 42,
        mood: "calm",
        nextShift: "2026-04-18",
      },
    },
    {
      text: `Hostel handover, Saturday 8 August 2026

On shift were Mira, Tom and Oskar. Mira hands over to Lena.

We had 87 guests and long queues at the desk all evening. We agreed to open the second desk from 5 pm. It was decided that late arrivals ring the bell.

Open points:
- Tom will fix the lock of room 12 by Monday
- Lena to call the laundry by 11 August
- Oskar should count the towels

The next shift is on 9 August 2026.`,
      expected: {
        place: null,
        date: "2026-08-08",
        from: "Mira",
        to: "Lena",
        people: ["Mira", "Tom", "Oskar"],
        open: [
          { owner: "Tom", task: "fix the lock of room 12", due: "2026-08-10" },
          { owner: "Lena", task: "call the laundry", due: "2026-08-11" },
          { owner: "Oskar", task: "count the towels", due: null },
        ],
        agreements: ["We agreed to open the second desk from 5 pm", "It was decided that late arrivals ring the bell"],
        guests: 87,
        mood: "busy",
        nextShift: "2026-08-09",
      },
    },
  ],
};
