// How the tests put a text to the model: as the engine does, instructions first, then the text.
import { generateText, jsonSchema, Output } from "ai";
import { offlineExtract } from "../../src/agents/offline/index.ts";

/** A call of the model: what to do, with what, in which shape. */
export interface Asked {
  readonly instructions: string;
  readonly text: string;
  readonly schema: unknown;
}

/** The filled schema, through the real AI SDK. */
export async function ask({ instructions, text, schema }: Asked): Promise<unknown> {
  const { output } = await generateText({
    model: offlineExtract(),
    instructions,
    prompt: text,
    output: Output.object({ schema: jsonSchema(schema as Parameters<typeof jsonSchema>[0]) }),
  });
  return output;
}
