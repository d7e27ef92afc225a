/** Files that users might have written, for {@link Workshop}. */
export const PROGRAMS = {
  "shout.ts": `import { step } from "flujo";
import { z } from "zod";
export const shout = step({ name: "shout", input: z.string(), run: (text) => text.toUpperCase() });
`,
  "two.ts": `import { step } from "flujo";
export const first = step("first", (n: number) => n + 1);
export const second = step("second", (n: number) => n + 2);
export const helper = () => 1;
`,
  "asks.ts": `import { pipeline } from "flujo";
import { z } from "zod";
export default pipeline({ name: "asks", input: z.string() })
  .human("approve", { show: ({ output }) => ({ draft: output }), answer: z.object({ ok: z.boolean(), note: z.string().optional() }) })
  .step("act", ({ input, answer }) => (answer.ok ? input + " was sent" : "dropped"));
`,
  "slow.ts": `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pipeline } from "flujo";
export default pipeline({ name: "slow" })
  .step("one", (text: string) => {
    appendFileSync("effects.txt", "one\\n");
    return text + " one";
  })
  .step("two", async (text: string) => {
    appendFileSync("effects.txt", "two\\n");
    await sleep(Number(process.env["SLOW_MS"] ?? 60_000));
    return text + " two";
  });
`,
  "fails.ts": `import { pipeline } from "flujo";
export default pipeline({ name: "fails" }).step("breaks", (_: unknown): string => {
  throw new Error("the printer is on fire");
});
`,
  "agent.ts": `import { agent } from "flujo";
import { z } from "zod";
const base = { instructions: "Classify this.", input: z.string(), output: z.object({ area: z.enum(["billing", "bug"]) }) };
export const offline = agent({ ...base, name: "classify", model: "offline:extract" });
export const keyless = agent({ ...base, name: "classify", model: "openai:gpt-5-mini" });
export const unknown = agent({ ...base, name: "classify", model: "opnai:gpt-5-mini" });
export const bare = agent({ ...base, name: "classify", model: "gpt-5-mini" });
`,
  "twins.ts": `import { pipeline, step } from "flujo";
const same = step("same", (n: number) => n);
export default pipeline({ name: "twins" }).step(same).step(same);
`,
} as const;
