import { pipeline, step } from "../../../src/dsl/index.ts";

const read = step("read", (file: string) => ({ text: file }));
const summary = step("summary", (page: { text: string }) => page.text);
const count = step("count", (words: string[]) => words.length);

export const wrong = pipeline().step(read).parallel({ summary, count });
