// Takes the facts out of files, each by itself: npx node examples/agents/inbox.ts FILE...
import { agent, file, Flujo, FlujoFile, pipeline } from "flujo";
import { z } from "zod";

const read = agent({
  name: "read",
  model: "offline:extract", // reads texts; for PDFs and photos: "google:gemini-2.5-flash", "openai:gpt-5-mini"
  instructions: "Take the facts of this invoice from the file. Invent nothing.",
  input: z.instanceof(FlujoFile),
  output: z.object({
    number: z.string().nullable().describe("invoice number"),
    total: z.number().positive().nullable().describe("total including tax; null where the text does not say"),
    dueDate: z.iso.date().nullable().describe("day by which it must be paid; null where the text does not say"),
  }),
  maxTurns: 3,
});

export const inbox = pipeline({ name: "inbox", input: z.array(z.instanceof(FlujoFile)) }).map(read, {
  name: "files",
  concurrency: 4,
  onFailure: "collect", // one that cannot be read does not stop the others
});

if (import.meta.main) {
  await using flujo = new Flujo({ state: "sqlite:.flujo/inbox.db" });
  const files = await Promise.all(process.argv.slice(2).map((path) => file(path)));
  const result = await flujo.run(inbox, files);
  for (const [at, facts] of result.unwrap().entries())
    console.log(files[at]?.name, facts.status === "succeeded" ? facts.output : facts.failure.message);
}
