import { machine, step } from "../../../src/dsl/index.ts";

const draft = step("draft", (topic: string) => ({ text: topic }));
const review = step("review", (text: string) => text.length > 3);

export const wrong = machine({
  name: "m",
  initial: "draft",
  states: { draft, review },
  on: [
    { from: "draft", to: "review" },
    { from: "review", if: (good) => good, to: "done" },
  ],
  ends: ["done"],
  maxHops: 3,
});
