import { pipeline, step } from "../../../src/dsl/index.ts";

const fetchRate = step("fetchRate", (currency: string) => currency.length);
const lastRate = step("lastRate", (currency: string) => currency.length);

export const wrong = pipeline().step(fetchRate, {
  plugins: [(rate) => (rate > 1 ? { redirect: "lastrate" } : true)],
  redirects: { lastRate },
});
