import { step, withPolicy } from "../../../src/dsl/index.ts";

const book = step("book", (hotel: string) => `room at ${hotel}`);
const cancel = step("cancel", ({ output }: { output: number }) => output);

// What was booked is a text.
withPolicy(book, { compensate: cancel });
