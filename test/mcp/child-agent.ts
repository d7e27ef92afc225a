import { appendFileSync } from "node:fs";
import { agent, Flujo, mcpServer, pipeline } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { killThisProcess } from "../kill/killing-store.ts";

// A process that runs, or resumes, an agent with a tool server. It may be told to end in the middle of a model call.
const { verb, state, evidence, server, killsAtCall } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly verb: "run" | "resume";
  readonly state: string;
  readonly evidence: string;
  readonly server: { readonly command: string; readonly args: readonly string[] };
  readonly killsAtCall: number | null;
};
const model = scriptedModel(({ turn, index, options }) => {
  const names = (options.tools ?? []).map(({ name }) => name);
  appendFileSync(evidence, `turn ${turn}: ${names.includes("newer") ? "newer" : "known"} tools, ${names.length > 0 ? "some" : "none"}\n`);
  if (index === killsAtCall) killThisProcess();
  return turn === 0 ? { calls: [{ tool: "add", input: { a: 1, b: 2 } }] } : "It is three.";
});
const tools = mcpServer({ name: "sample", ...server });
const program = pipeline({ name: "p" }).step(agent({ name: "adder", model, instructions: "Add.", mcpServers: [tools], retries: 0 }));
await using flujo = new Flujo({ state: `sqlite:${state}` });
const result = verb === "run" ? await flujo.run(program, "1 + 2", { runId: "r" }) : await flujo.resume(program, "r");
process.stdout.write(JSON.stringify(result.status === "succeeded" ? result.output : result));
