import type { Readable, Writable } from "node:stream";
import { makeProtocolServer } from "./protocol-server.ts";
import type { RunsPort } from "./runs-port.ts";
import { loadServerSdk, loadStdioServer } from "./sdk.ts";

/** Something that is being served. */
export interface Serving {
  /** Resolves when no client can come any more. */
  readonly ended: Promise<void>;
  /** Answers nobody any more. Runs are left alone. */
  close(): Promise<void>;
}

/** Serves runs to the one client at the other end of two streams. Ends when the client closes the first. */
export async function serveStdio(runs: RunsPort, { input, output, version }: StdioServing): Promise<Serving> {
  const [sdk, StdioServerTransport] = await Promise.all([loadServerSdk(), loadStdioServer()]);
  const server = makeProtocolServer(sdk, runs, version);
  const ended = Promise.withResolvers<void>();
  for (const event of ["end", "close", "error"]) input.once(event, () => ended.resolve());
  output.on("error", () => ended.resolve()); // nobody reads us any more
  await server.connect(new StdioServerTransport(input, output));
  return { ended: ended.promise, close: () => server.close() };
}

/** Between which streams, and what we call ourselves. */
export interface StdioServing {
  readonly input: Readable;
  /** Carries the protocol and nothing else. */
  readonly output: Writable;
  readonly version: string;
}
