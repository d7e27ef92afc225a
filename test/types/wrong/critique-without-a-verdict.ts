import { refine, step } from "../../../src/dsl/index.ts";

const count = step("count", (n: number) => n + 1);
const grade = step("grade", () => ({ grade: 5 }));

export const wrong = refine({ name: "r", generate: count, critique: grade, maxIterations: 3 });
