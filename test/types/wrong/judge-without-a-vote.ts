import { gate, step } from "../../../src/dsl/index.ts";

const fair = step("fair", (n: number) => n > 3);
const words = step("words", (n: number) => `it is ${n}`);

export const wrong = gate({ name: "g", judges: { fair, words } });
