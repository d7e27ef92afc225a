import { pipeline, step } from "../../../src/dsl/index.ts";

const split = step("split", (text: string) => text.split("\n"));
const double = step("double", (n: number) => n * 2);

export const wrong = pipeline().step(split).map(double);
