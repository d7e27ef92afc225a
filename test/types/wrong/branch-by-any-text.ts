import { pipeline, step } from "../../../src/dsl/index.ts";

const classify = step("classify", (text: string) => ({ area: text.slice(0, 3) }));
const refund = step("refund", () => "refunded");

export const wrong = pipeline()
  .step(classify)
  .branch(({ area }) => area, { billing: refund });
