import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Letters and sheets of people who want to help at a festival. */
export const volunteers: Sample = {
  name: "volunteers",
  instructions: "Read the volunteer's letter.",
  schema: z.object({
    fullName: z.string(),
    email: z.email().nullable(),
    phone: z.string().nullable(),
    city: z.string().nullable(),
    currentJob: z.string().nullable().describe("present occupation"),
    currentEmployer: z.string().nullable(),
    schooling: z
      .enum(["school", "apprenticeship", "university"])
      .nullable()
      .describe(
        "highest level of schooling; school: secondary school only. apprenticeship: completed a trade. university: bachelor, master or doctor's degree",
      ),
    skills: z.array(z.string()),
    languages: z.array(z.string()),
    yearsOfService: z.number().nullable().describe("years of volunteering"),
    availableFrom: z.iso.date().nullable(),
    drivingLicence: z.boolean(),
  }),
  cases: [
    {
      text: `YARA HADDAD
Email: yara.h@example.org | Phone: +31 6 5550 1234 | Utrecht

ABOUT
Nurse by trade with 6 years of volunteering at festivals. Holds a driving licence.

WORK
Ward nurse, St. Antonius Clinic (2021 – present)
Care assistant, Home Help Utrecht (2018 – 2021)

EDUCATION
Bachelor of Nursing, Utrecht University, 2021

SKILLS
first aid, crowd safety, radio communication

LANGUAGES
Arabic, Dutch, English

Available from 1 July 2026`,
      expected: {
        fullName: "Yara Haddad",
        email: "yara.h@example.org",
        phone: "+31 6 5550 1234",
        city: "Utrecht",
        currentJob: "Ward nurse",
        currentEmployer: "St. Antonius Clinic",
        schooling: "university",
        skills: ["first aid", "crowd safety", "radio communication"],
        languages: ["Arabic", "Dutch", "English"],
        yearsOfService: 6,
        availableFrom: "2026-07-01",
        drivingLicence: true,
      },
    },
    {
      text: `Dear festival team,

my name is Piotr Zielinski and I live in Gdansk. I work as a carpenter at Baltic Boats Ltd, where I also finished my apprenticeship. I would love to help with the stage. I am good at woodwork, rigging and painting. I speak Polish and English. I don't have a driving licence. You can have me from 10 August 2026.

You reach me at piotr.z@example.com or 0048 501 555 777.

Best wishes
Piotr`,
      expected: {
        fullName: "Piotr Zielinski",
        email: "piotr.z@example.com",
        phone: "0048 501 555 777",
        city: "Gdansk",
        currentJob: "carpenter",
        currentEmployer: "Baltic Boats Ltd",
        schooling: "apprenticeship",
        skills: ["woodwork", "rigging", "painting"],
        languages: ["Polish", "English"],
        yearsOfService: null,
        availableFrom: "2026-08-10",
        drivingLicence: false,
      },
    },
    {
      text: `Full name: Grace Oyelaran
City: Leeds
Mobile: 07700 900 455
Mail: grace@example.net
Present occupation: teacher at Moor Park School
Volunteering since: 12 years
Skills
- child care
- story telling
- face painting
Languages: English (native), Yoruba (good)
Driving licence: yes`,
      expected: {
        fullName: "Grace Oyelaran",
        email: "grace@example.net",
        phone: "07700 900 455",
        city: "Leeds",
        currentJob: "teacher",
        currentEmployer: "Moor Park School",
        schooling: null,
        skills: ["child care", "story telling", "face painting"],
        languages: ["English", "Yoruba"],
        yearsOfService: 12,
        availableFrom: null,
        drivingLicence: true,
      },
    },
  ],
};
