import { pipeline, step } from "../../../src/dsl/index.ts";

const classify = step("classify", (text: string) => ({ area: text === "" ? ("bug" as const) : ("billing" as const) }));
const refund = step("refund", () => "refunded");

export const wrong = pipeline()
  .step(classify)
  .branch(({ area }) => area, { billing: refund });
