import { step, withPolicy } from "../../../src/dsl/index.ts";

const fetchRate = step("fetchRate", (currency: string) => currency.length);
const lastRate = step("lastRate", (currency: string) => `about ${currency}`);

export const wrong = withPolicy(fetchRate, { plugins: [(rate) => (rate > 1 ? { redirect: "lastRate" } : true)], redirects: { lastRate } });
