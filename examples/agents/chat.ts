// A chat at the terminal that remembers, also tomorrow: npx node examples/agents/chat.ts customer-42
// The offline model only quotes; another one: npx node examples/agents/chat.ts customer-42 openai:gpt-5-mini
import { createInterface } from "node:readline/promises";
import { agent, Flujo } from "flujo";

export const clerk = agent({
  name: "clerk",
  model: "offline:extract",
  instructions: () => `You are a patient clerk. Today is ${new Date().toISOString().slice(0, 10)}. Answer in two sentences at most.`,
  history: { keep: "summary", over: 8_000, newest: 2_000 },
});

if (import.meta.main) {
  const [thread = "customer-42", model = "offline:extract"] = process.argv.slice(2);
  await using flujo = new Flujo({ state: "sqlite:.flujo/chat.db" });
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "you: " });
  lines.prompt();
  for await (const said of lines) {
    if (said.trim() === "") break;
    const answer = flujo.stream(clerk, said, { thread, model });
    process.stdout.write("clerk: ");
    for await (const piece of answer.textStream) process.stdout.write(piece);
    const { status } = await answer.result;
    process.stdout.write(status === "succeeded" ? "\n" : `(${status})\n`);
    lines.prompt();
  }
  lines.close();
}
