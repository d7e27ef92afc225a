import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Profiles of performers, as agencies keep them. */
export const profiles: Sample = {
  name: "profiles",
  instructions: "Read the performer's profile.",
  schema: z.object({
    name: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    website: z.string().nullable(),
    instruments: z.array(z.string()),
    languages: z.array(z.string()),
    yearsOnStage: z.number().nullable(),
    currentEnsemble: z.string().nullable().describe("where they play at present"),
    highestTraining: z
      .enum(["none", "course", "conservatory"])
      .describe("highest training; course: private lessons, summer course. conservatory: conservatory or music academy"),
  }),
  cases: [
    {
      text: `Elif Demirel
Violinist · Vienna · elif@strings.example · +43 660 5550147 · https://elif.example

Instruments
violin, viola, nyckelharpa

Training
Conservatory of Graz, diploma 2011
Summer course in Siena, 2009

Engagements
2019 - present: Danube Chamber Ensemble, principal
2014 - 2019: Graz Theatre Orchestra

Languages: Turkish, German, English
15 years on stage`,
      expected: {
        name: "Elif Demirel",
        email: "elif@strings.example",
        phone: "+43 660 5550147",
        website: "https://elif.example",
        instruments: ["violin", "viola", "nyckelharpa"],
        languages: ["Turkish", "German", "English"],
        yearsOnStage: 15,
        currentEnsemble: "Danube Chamber Ensemble",
        highestTraining: "conservatory",
      },
    },
    {
      text: `PROFILE
Name: Marcus Bell
Mail: marcus.bell@example.org
Phone: 07700 900 812

A drummer with eight years on stage. Plays drums, cajón and vibraphone. Took private lessons with several teachers.
Currently with the Night Tram Quartet.

Languages
- English (native)
- Spanish (basic)`,
      expected: {
        name: "Marcus Bell",
        email: "marcus.bell@example.org",
        phone: "07700 900 812",
        website: null,
        instruments: ["drums", "cajón", "vibraphone"],
        languages: ["English", "Spanish"],
        yearsOnStage: 8,
        currentEnsemble: "Night Tram Quartet",
        highestTraining: "course",
      },
    },
  ],
};
