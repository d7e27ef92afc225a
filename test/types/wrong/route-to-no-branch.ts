import { pipeline, step } from "../../../src/dsl/index.ts";

const sort = step("sort", (text: string): ("billing" | "bug")[] => (text === "" ? [] : ["billing", "bug"]));
const refund = step("refund", (text: string) => `refunded ${text}`);

export const wrong = pipeline().route(sort, { billing: refund });
