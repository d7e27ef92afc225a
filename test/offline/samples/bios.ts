import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Introductions of people who speak at a gardening fair. */
export const bios: Sample = {
  name: "bios",
  instructions: "Read the speaker's introduction.",
  schema: z.object({
    name: z.string(),
    role: z.string(),
    organisation: z.string(),
    location: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    yearsOfExperience: z.number().int().nullable(),
    degree: z
      .enum(["none", "bachelor", "master", "doctorate"])
      .describe("highest degree. bachelor: B.Sc. or B.A. master: M.Sc. or M.A. doctorate: Ph.D. or doctor"),
    topics: z.array(z.string()).describe("topics they speak about"),
    languages: z.array(z.string()),
    firstTime: z.boolean().describe("whether it is their first time at the fair"),
  }),
  cases: [
    {
      text: `Dr. Rosalind Keane
Head gardener, Wexford Botanic Garden
Wexford, Ireland
rosalind@botanic.example | +353 53 555 0199

Rosalind has 18 years of experience with rare ferns.

Degrees
Ph.D. in Botany, 2009
M.Sc. in Plant Science, 2005

Topics
Fern propagation, Shade gardens, Peat-free soil

Languages
English (native), Irish (fluent), French (basic)`,
      expected: {
        name: "Dr. Rosalind Keane",
        role: "Head gardener",
        organisation: "Wexford Botanic Garden",
        location: "Wexford, Ireland",
        email: "rosalind@botanic.example",
        phone: "+353 53 555 0199",
        yearsOfExperience: 18,
        degree: "doctorate",
        topics: ["Fern propagation", "Shade gardens", "Peat-free soil"],
        languages: ["English", "Irish", "French"],
        firstTime: false,
      },
    },
    {
      text: `SPEAKER: TEO MARANI

Contact
  E-mail: teo.marani@example.it
  Mobile: +39 333 555 0177
  Lives in: Bologna

Experience
  2018 – present   Orchard planner, Frutteti Uniti
  2012 – 2018      Nursery worker, Vivai Rossi

Education
  B.Sc. Agronomy, University of Bologna

Topics: old apple varieties; grafting; bees
Languages: Italian, English
Ten years of experience or more: yes, 14 years. First time at the fair: yes`,
      expected: {
        name: "Teo Marani",
        role: "Orchard planner",
        organisation: "Frutteti Uniti",
        location: "Bologna",
        email: "teo.marani@example.it",
        phone: "+39 333 555 0177",
        yearsOfExperience: 14,
        degree: "bachelor",
        topics: ["old apple varieties", "grafting", "bees"],
        languages: ["Italian", "English"],
        firstTime: true,
      },
    },
    {
      text: `My name is Ines Duarte. I am a landscape architect at Verde Studio in Porto, with over 9 years of experience in roof gardens. I hold an M.A. in landscape design. I would like to speak about roof meadows, rain gardens and city bees. I speak Portuguese, Spanish and English. Mail me at ines@verde.example.`,
      expected: {
        name: "Ines Duarte",
        role: "landscape architect",
        organisation: "Verde Studio",
        location: "Porto",
        email: "ines@verde.example",
        phone: null,
        yearsOfExperience: 9,
        degree: "master",
        topics: ["roof meadows", "rain gardens", "city bees"],
        languages: ["Portuguese", "Spanish", "English"],
        firstTime: false,
      },
    },
  ],
};
