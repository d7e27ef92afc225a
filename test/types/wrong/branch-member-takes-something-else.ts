import { pipeline, step } from "../../../src/dsl/index.ts";

const classify = step("classify", (text: string) => ({ area: text === "" ? ("bug" as const) : ("billing" as const) }));
const refund = step("refund", (order: { orderNumber: string }) => order.orderNumber);
const fix = step("fix", () => "fixed");

export const wrong = pipeline()
  .step(classify)
  .branch(({ area }) => area, { billing: refund, bug: fix });
