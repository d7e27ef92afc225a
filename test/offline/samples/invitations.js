import { z } from "zod";
/** Invitations to events. */
export const invitations = {
    name: "invitations",
    instructions: "Put this event into the calendar.",
    schema: z.object({
        title: z.string(),
        host: z.string().nullable(),
        date: z.iso.date(),
        startTime: z.string().describe("HH:MM, 24 hours"),
        durationMinutes: z.number().int().nullable(),
        venue: z.object({ name: z.string(), address: z.string().nullable() }),
        speakers: z.array(z.string()),
        price: z.number().nullable().describe("price of a ticket"),
        rsvpBy: z.iso.date().nullable().describe("deadline for the answer"),
        kind: z.enum(["concert", "talk", "party", "workshop"]),
    }),
    cases: [
        {
            text: `An Evening of Tidal Music

Host: Harbour Arts Society
Date: Friday, 6 March 2026
Time: 19:30-21:00
Venue: Old Customs House
Address: 4 Harbour Road, Galway
Tickets: €18

A concert for two harps and a sea organ.
RSVP by 27 February 2026.`,
            expected: {
                title: "An Evening of Tidal Music",
                host: "Harbour Arts Society",
                date: "2026-03-06",
                startTime: "19:30",
                durationMinutes: 90,
                venue: { name: "Old Customs House", address: "4 Harbour Road, Galway" },
                speakers: [],
                price: 18,
                rsvpBy: "2026-02-27",
                kind: "concert",
            },
        },
        {
            text: `Subject: Talk: How bees find home

Dear members,
the next talk is on 14 October 2026 at 6 pm in the Linden Hall. Speakers: Dr. Ida Marsh and Tomás Rey. It lasts about 45 minutes and admission is free.
Please let us know by 7 October 2026 whether you come.

Hosted by the Beekeepers of Upper Vale`,
            expected: {
                title: "Talk: How bees find home",
                host: "Beekeepers of Upper Vale",
                date: "2026-10-14",
                startTime: "18:00",
                durationMinutes: 45,
                venue: { name: "Linden Hall", address: null },
                speakers: ["Dr. Ida Marsh", "Tomás Rey"],
                price: null,
                rsvpBy: "2026-10-07",
                kind: "talk",
            },
        },
    ],
};
