import { pipeline, step } from "../../../src/dsl/index.ts";

const isUrgent = step("isUrgent", (text: string) => ({ urgent: text.endsWith("!") }));
const answer = step("answer", () => "answered");

export const wrong = pipeline()
  .step(isUrgent)
  .branch(({ urgent }) => urgent, { true: answer, false: answer, maybe: answer });
