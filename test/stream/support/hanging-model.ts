import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import type { Served } from "./serve.ts";
import { listening } from "./serve.ts";

/** A model server that begins to answer and then says nothing more. */
export interface HangingModel extends Served {
  /** How many requests came. */
  readonly requests: number;
  /** How many of them are still open. */
  readonly open: number;
  /** Waits until so many requests are open. */
  untilOpen(count: number): Promise<void>;
}

/** @param begin - What each answer begins with: `words` of a streamed text, or only the `headers`, or `nothing` at all. */
export async function startHangingModel(begin: "words" | "headers" | "nothing"): Promise<HangingModel> {
  const open = new Set<ServerResponse>();
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests++;
    open.add(outgoing);
    outgoing.once("close", () => open.delete(outgoing));
    incoming.resume();
    if (begin === "nothing") return;
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.flushHeaders();
    if (begin === "words") outgoing.write(chunkOf("Once upon") + chunkOf(" a time"));
  });
  const served = await listening(server);
  return {
    ...served,
    url: `${served.url}/v1`,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
    get requests() {
      return requests;
    },
    get open() {
      return open.size;
    },
    async untilOpen(count) {
      while (open.size !== count) await turn();
    },
  };
}

/** A piece of a text, as a server with OpenAI's chat completions sends it. */
function chunkOf(content: string): string {
  const choices = [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}
