import { pipeline, step } from "../../../src/dsl/index.ts";

const title = step("title", (text: string) => ({ title: text }));
const double = step("double", (n: number) => n * 2);

export const wrong = pipeline().step(title).step(double);
