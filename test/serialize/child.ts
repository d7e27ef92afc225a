import { file, Flujo, FlujoError } from "../../src/index.ts";
import { countDrawingsIn, drawAll } from "./draw.ts";
import { MockImageResult, registerTestTypes } from "./test-types.ts";

// A process of its own that begins a run and dies, or goes on with it: with the types registered, or without them.

const [verb = "", state = "", drawings = ""] = process.argv.slice(2);
countDrawingsIn(drawings);
if (verb !== "answer-unregistered") registerTestTypes();

async function begin(): Promise<never> {
  const flujo = new Flujo({ state: `sqlite:${state}` });
  const paper = await file(new Uint8Array(30_000), { name: "paper.png", mediaType: "image/png" });
  await flujo.run(drawAll, { prompts: ["cat", "horse"], paper }, { runId: "run-1" });
  process.kill(process.pid, "SIGKILL");
  for (;;); // the signal comes from outside of JavaScript; nothing may run until it does
}

async function answer(): Promise<object> {
  await using flujo = new Flujo({ state: `sqlite:${state}` });
  const { chosen, tokens } = (await flujo.answer(drawAll, "run-1", { value: { prompt: "cat" } })).unwrap();
  if (!(chosen instanceof MockImageResult)) throw new Error("What was chosen has lost its class.");
  return {
    prompt: chosen.prompt,
    image: chosen.image,
    pixel: chosen.image.bytes[19_999],
    usedAt: chosen.usage.at.toISOString(),
    total: String(chosen.usage.total),
    tokens: String(tokens),
  };
}

try {
  process.stdout.write(JSON.stringify(verb === "begin" ? await begin() : await answer()));
} catch (error) {
  if (!FlujoError.is(error)) throw error;
  process.stdout.write(JSON.stringify({ code: error.code, message: error.message }));
}
