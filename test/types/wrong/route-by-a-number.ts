import { pipeline, step } from "../../../src/dsl/index.ts";

const score = step("score", (text: string) => text.length);
const refund = step("refund", (text: string) => `refunded ${text}`);

export const wrong = pipeline().route(score, { billing: refund });
