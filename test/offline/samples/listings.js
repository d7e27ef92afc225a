import { z } from "zod";
/** Real-estate listings. */
export const listings = {
    name: "listings",
    instructions: "Extract the facts of this listing.",
    schema: z.object({
        kind: z.enum(["house", "flat", "plot"]),
        address: z.string().nullable(),
        price: z.number(),
        rooms: z.number().nullable(),
        bedrooms: z.number().int().nullable(),
        livingArea: z.number().nullable().describe("living area in square metres"),
        yearBuilt: z.number().int().nullable(),
        furnished: z.boolean(),
        features: z.array(z.string()),
        agent: z.object({ name: z.string(), phone: z.string().nullable() }),
        condition: z.enum(["new", "renovated", "needs work", "unknown"]),
    }),
    cases: [
        {
            text: `Bright flat near the canal
Address: 27 Mill Lane, York
Price: £245,000
Rooms: 3
Bedrooms: 2
Living area: 71 sqm
Year built: 1998
Features: balcony, lift, cellar
The flat was renovated last year and is sold unfurnished.
Agent: Rosa Tan, phone 01904 555 210`,
            expected: {
                kind: "flat",
                address: "27 Mill Lane, York",
                price: 245000,
                rooms: 3,
                bedrooms: 2,
                livingArea: 71,
                yearBuilt: 1998,
                furnished: false,
                features: ["balcony", "lift", "cellar"],
                agent: { name: "Rosa Tan", phone: "01904 555 210" },
                condition: "renovated",
            },
        },
        {
            text: `For sale: family house with 6 rooms, 4 of them bedrooms, built in 1931, about 164 m² of living area. The roof and the bathrooms need work. Asking price $389,500. It comes furnished.

Features
- garden with old trees
- double garage
- fireplace

Contact our agent Samuel Ortiz at (555) 013-7788.`,
            expected: {
                kind: "house",
                address: null,
                price: 389500,
                rooms: 6,
                bedrooms: 4,
                livingArea: 164,
                yearBuilt: 1931,
                furnished: true,
                features: ["garden with old trees", "double garage", "fireplace"],
                agent: { name: "Samuel Ortiz", phone: "(555) 013-7788" },
                condition: "needs work",
            },
        },
    ],
};
