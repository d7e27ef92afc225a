import { refine, step } from "../../../src/dsl/index.ts";

const count = step("count", (n: number) => n + 1);
const judge = step("judge", ({ artifact }: { readonly artifact: string }) => artifact.length > 3);

export const wrong = refine({ name: "r", generate: count, critique: judge, maxIterations: 3 });
