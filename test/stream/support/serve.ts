import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A server on this machine that answers with web-standard responses. */
export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** @param answer - Given the request, with a signal that is aborted when its client leaves. */
export async function serve(answer: (request: Request) => Response | Promise<Response>): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    const headers = new Headers(
      Object.entries(incoming.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    );
    const request = new Request(`http://127.0.0.1${incoming.url ?? "/"}`, { headers, signal: gone.signal });
    const respond = async (): Promise<void> => {
      const response = await answer(request);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) outgoing.end();
      else await pipeline(Readable.fromWeb(response.body as never), outgoing);
    };
    respond().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE" && error.name !== "AbortError") throw error; // the client has left
    });
  });
  return listening(server);
}

/** A server of any make, once it listens on a port of its own. */
export async function listening(server: Server): Promise<Served> {
  if (!server.listening)
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
