import { plugin, step, withPolicy } from "../../../src/dsl/index.ts";

const draft = step("draft", (topic: string) => `on ${topic}`);
const tone = plugin("tone", (text: string) => (text === "" ? { redirect: "senior" } : true));

// Nobody has said which program `senior` is.
withPolicy(draft, { plugins: [tone] });
