import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Mails about medical appointments. */
export const appointments: Sample = {
  name: "appointments",
  instructions: "Sort this mail for the reception desk.",
  schema: z.object({
    intent: z
      .enum(["book", "cancel", "move", "results"])
      .describe(
        "book: a new appointment is wanted. cancel: an appointment is called off. move: another time for an appointment that exists. results: asks for findings or reports",
      ),
    patient: z.string(),
    birthDate: z.iso.date().nullable(),
    doctor: z.string().nullable(),
    phone: z.string().nullable(),
    appointment: z.iso.date().nullable().describe("day of the appointment that exists"),
    urgency: z.number().int().min(1).max(5).describe("how urgent it is, 1 = any time, 5 = emergency"),
    firstVisit: z.boolean(),
  }),
  cases: [
    {
      text: `Good morning,
I have to cancel my appointment with Dr. Weber on 12 May 2026, I am travelling that week. No need for a new one at the moment.
Kind regards
Patient: Miriam Okoye
Date of birth: 03.09.1988
Phone: +44 20 7946 0018`,
      expected: {
        intent: "cancel",
        patient: "Miriam Okoye",
        birthDate: "1988-09-03",
        doctor: "Dr. Weber",
        phone: "+44 20 7946 0018",
        appointment: "2026-05-12",
        urgency: 1,
        firstVisit: false,
      },
    },
    {
      text: `Name: Jonas Petersen
Born: 17 January 1975
Tel: 0151 23456789

I need an appointment as soon as possible, today if there is any way: since last night I can hardly breathe when I lie down and I am really worried. It would be my first visit to your practice.`,
      expected: {
        intent: "book",
        patient: "Jonas Petersen",
        birthDate: "1975-01-17",
        doctor: null,
        phone: "0151 23456789",
        appointment: null,
        urgency: 5,
        firstVisit: true,
      },
    },
    {
      text: `Hello, could you move my daughter's appointment on June 3, 2026 to another time, ideally the week after? She is with Dr. Amari. Her name is Lena Castillo, born 2019-04-22. Whenever it suits you.`,
      expected: {
        intent: "move",
        patient: "Lena Castillo",
        birthDate: "2019-04-22",
        doctor: "Dr. Amari",
        phone: null,
        appointment: "2026-06-03",
        urgency: 1,
        firstVisit: false,
      },
    },
    {
      text: `Dear team, are the findings of my blood test back yet? Dr. Holm took the samples on Monday. A copy of the report by mail would be enough.
Patient: Viktor Sand, date of birth 30 November 1960, phone 555-010-4477`,
      expected: {
        intent: "results",
        patient: "Viktor Sand",
        birthDate: "1960-11-30",
        doctor: "Dr. Holm",
        phone: "555-010-4477",
        appointment: null,
        urgency: 2,
        firstVisit: false,
      },
    },
  ],
};
