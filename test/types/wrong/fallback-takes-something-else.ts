import { step, withPolicy } from "../../../src/dsl/index.ts";

const fetchRate = step("fetchRate", (currency: string) => currency.length);
const lastRate = step("lastRate", ({ day }: { day: string }) => day.length);

export const wrong = withPolicy(fetchRate, { fallback: [step("again", (currency: string) => currency.length), lastRate] });
