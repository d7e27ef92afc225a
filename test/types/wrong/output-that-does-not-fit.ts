import { z } from "zod";
import { step } from "../../../src/dsl/index.ts";

export const wrong = step({
  name: "classify",
  output: z.object({ area: z.enum(["billing", "bug"]) }),
  run: (text: string) => ({ area: text === "" ? "bug" : "order" }),
});
