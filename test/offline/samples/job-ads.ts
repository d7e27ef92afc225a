import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Advertisements for jobs. */
export const jobAds: Sample = {
  name: "job ads",
  instructions: "Read this job advertisement.",
  schema: z.object({
    title: z.string().describe("the position that is offered"),
    employer: z.string(),
    location: z.string().describe("city of the work place"),
    salaryMin: z.number().nullable(),
    salaryMax: z.number().nullable(),
    contract: z.enum(["permanent", "temporary", "freelance"]),
    remote: z.boolean(),
    requirements: z.array(z.string()).describe("what the applicant must bring"),
    contactEmail: z.email().optional(),
    applyBy: z.iso.date().nullable(),
    yearsOfExperience: z.number().int().nullable(),
  }),
  cases: [
    {
      text: `Pastry Chef (m/f/d)

Employer: Bakery Sonnenschein GmbH
Location: Leipzig
Salary: €32,000 - €36,000 per year
Contract: permanent, full time

Requirements:
- completed apprenticeship
- 3 years of experience in a bakery
- readiness to start at 4 am

Apply until 31 August 2026 to jobs@sonnenschein.example.`,
      expected: {
        title: "Pastry Chef",
        employer: "Bakery Sonnenschein GmbH",
        location: "Leipzig",
        salaryMin: 32000,
        salaryMax: 36000,
        contract: "permanent",
        remote: false,
        requirements: ["completed apprenticeship", "3 years of experience in a bakery", "readiness to start at 4 am"],
        contactEmail: "jobs@sonnenschein.example",
        applyBy: "2026-08-31",
        yearsOfExperience: 3,
      },
    },
    {
      text: `# Warehouse planner

We at Norvik Logistics Ltd are looking for a warehouse planner in Hull. It is a temporary post until March 2027. You can work remotely two days a week. The pay is between £28k and £33k.

**What you bring**
- at least 5 years of experience with stock planning
- fluent English and some Norwegian
- a forklift licence

Please write to people@norvik.example by 2026-09-15.`,
      expected: {
        title: "Warehouse planner",
        employer: "Norvik Logistics Ltd",
        location: "Hull",
        salaryMin: 28000,
        salaryMax: 33000,
        contract: "temporary",
        remote: true,
        requirements: ["at least 5 years of experience with stock planning", "fluent English and some Norwegian", "a forklift licence"],
        contactEmail: "people@norvik.example",
        applyBy: "2026-09-15",
        yearsOfExperience: 5,
      },
    },
    {
      text: `Position: Illustrator for children's books
Company: Paper Moon Press
Place: Cork, Ireland

This is freelance work, on site in our studio; remote work is not possible. No salary range can be given, we pay by page.
Requirements: portfolio, own tablet, patience with authors`,
      expected: {
        title: "Illustrator for children's books",
        employer: "Paper Moon Press",
        location: "Cork, Ireland",
        salaryMin: null,
        salaryMax: null,
        contract: "freelance",
        remote: false,
        requirements: ["portfolio", "own tablet", "patience with authors"],
        contactEmail: undefined,
        applyBy: null,
        yearsOfExperience: null,
      },
    },
  ],
};
