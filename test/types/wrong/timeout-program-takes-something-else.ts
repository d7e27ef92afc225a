import { z } from "zod";
import { pipeline, step } from "../../../src/dsl/index.ts";

const remind = step("remind", (order: { id: string }) => order.id);

export const wrong = pipeline({ input: z.string() }).waitFor("paid", { schema: z.boolean(), timeout: "3 days", onTimeout: remind });
