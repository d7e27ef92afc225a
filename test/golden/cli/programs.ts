/** Files that users might have written, for a `Workshop`. */
export const PROGRAMS = {
  "hello.ts": `import { pipeline } from "flujo";
import { z } from "zod";
export const hello = pipeline({ name: "hello", input: z.string() })
  .step("greet", (who) => "Hello, " + who + "!")
  .step("shout", (text) => text.toUpperCase());
`,
  // Its models note when they are asked.
  "desk.ts": `import { appendFileSync } from "node:fs";
import { agent, pipeline, tool } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const asked = (who, answer) => scriptedModel((call) => { appendFileSync("asked.txt", who + "\\n"); return answer(call); });
const lookUp = tool({ name: "lookUp", description: "Looks an order up.", input: z.object({ order: z.string() }), run: ({ order }) => {
  appendFileSync("asked.txt", "lookUp\\n");
  return { order, paid: 249 };
} });
const classify = agent({
  name: "classify", instructions: "Say what it is about.", input: z.string(),
  model: asked("classify", () => "billing"),
});
const reply = agent({
  name: "reply", instructions: "Write a reply.", tools: [lookUp],
  model: asked("reply", (call) => (call.turn === 0 ? { calls: [{ tool: "lookUp", input: { order: "17" } }] } : "We are sorry.")),
});
export default pipeline({ name: "desk", input: z.object({ subject: z.string(), from: z.string() }) })
  .step("text", (ticket) => ticket.subject)
  .step(classify)
  .step(reply)
  .human("approve", { show: ({ output }) => output, answer: z.object({ ok: z.boolean() }) })
  .step("send", ({ input, answer }) => (answer.ok ? input : "dropped"));
`,
} as const;

/** What is said at a ticket of the desk. */
export const TICKET = JSON.stringify({ subject: "I was charged twice", from: "ada@lovelace.example" });
