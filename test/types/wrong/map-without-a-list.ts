import { pipeline, step } from "../../../src/dsl/index.ts";

const read = step("read", (file: string) => ({ pages: [file] }));
const sum = step("sum", (page: string) => page.length);

export const wrong = pipeline().step(read).map(sum);
