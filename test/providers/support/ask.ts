import { createModelPort, type ModelPortOptions } from "../../../src/agents/model-port.ts";
import type { ModelCallProblem, ModelReply, ModelRequest, OfferedTool } from "../../../src/runtime/model-port.ts";

/** A request for a text, changed where it matters. */
export function requestOf(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: "openai-compatible:m1",
    instructions: "Sort.",
    transcript: [{ role: "user", text: "Where is my money?" }],
    tools: [],
    providerTools: [],
    toolChoice: "auto",
    outputSchema: null,
    settings: {},
    signal: new AbortController().signal,
    onProgress: null,
    onSending: () => undefined,
    ...more,
  };
}

/** A tool that takes one number. */
export function toolOf(name: string): OfferedTool {
  const inputSchema = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };
  return { name, description: `Does ${name}.`, inputSchema };
}

/** What a port answers; a problem is thrown, as its JSON. */
export async function replyFrom(options: ModelPortOptions, more: Partial<ModelRequest> = {}): Promise<ModelReply> {
  const came = await createModelPort({ env: {}, ...options }).call(requestOf(more));
  if (!came.ok) throw new Error(JSON.stringify(came.problem));
  return came.reply;
}

/** What a port fails with; an answer is thrown. */
export async function problemFrom(options: ModelPortOptions, more: Partial<ModelRequest> = {}): Promise<ModelCallProblem> {
  const came = await createModelPort({ env: {}, ...options }).call(requestOf(more));
  if (came.ok) throw new Error(`It answered: ${came.reply.text}`);
  return came.problem;
}
