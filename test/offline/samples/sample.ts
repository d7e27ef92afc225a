import type { z } from "zod";

/** Texts of one domain, one schema for them, and what should be read from each. */
export interface Sample {
  readonly name: string;
  readonly instructions: string;
  readonly schema: z.ZodType;
  readonly cases: readonly { readonly text: string; readonly expected: Readonly<Record<string, unknown>> }[];
}
