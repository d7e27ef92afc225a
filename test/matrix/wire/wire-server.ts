import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Provider, Scenario } from "./answers.ts";
import { type Play, playAnswer } from "./play.ts";
import { type Incoming, PROTOCOLS, readRequest, TEST_KEY } from "./protocols.ts";

/** How far a request has come, and how it ended. */
export type RequestState = "playing" | "hanging" | "answered" | "refused" | "cut" | "closed by the client";

/** A request the server has had. */
export interface WireRequest extends Incoming {
  /** Which turn of the conversation it asks for, from 1; 0 where it asks for none. */
  readonly turn: number;
  /** How often this turn was asked for, from 1. */
  readonly attempt: number;
  readonly stream: boolean;
  readonly state: RequestState;
}

/** Decides what is done with a request, by its turn and how often that was asked for; both count from 1. */
export type Plan = (turn: number, attempt: number) => Play;

/** A provider, played back on loopback. */
export interface WireServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  /** What leads a client here, key included. */
  readonly env: Readonly<Record<string, string>>;
  /** In the order they came. */
  readonly requests: readonly WireRequest[];
  /** Resolves when it is so; looked at whenever something happens. */
  until(isSo: (requests: readonly WireRequest[]) => boolean): Promise<void>;
  /** From now on, requests are treated otherwise. */
  follow(plan: Plan): void;
  close(): Promise<void>;
}

/** What a server plays. */
export interface Piece {
  readonly provider: Provider;
  readonly scenario: Scenario;
  /** Default: every answer is fine. */
  readonly plan?: Plan;
}

type Live = { -readonly [K in keyof WireRequest]: WireRequest[K] };

/** Starts a server that plays one scenario as one provider would, from the files in `answers/`. */
export async function startWireServer({ provider, scenario, plan = () => ({ kind: "fine" }) }: Piece): Promise<WireServer> {
  const requests: Live[] = [];
  const watchers = new Set<() => void>();
  let current = plan;
  const changed = (): void => watchers.forEach((look) => look());

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "", headers } = incoming;
    const came: Incoming = { method, path, headers, bodyText: await text(incoming) };
    const asked = readRequest(provider, came);
    const turn = "refused" in asked ? 0 : asked.turn;
    const attempt = requests.filter((other) => other.turn === turn).length + 1;
    const request: Live = { ...came, turn, attempt, stream: "stream" in asked && asked.stream, state: "playing" };
    requests.push(request);
    response.once("close", () => {
      const isWhole = response.writableFinished;
      if (request.state === "playing" || request.state === "hanging") request.state = isWhole ? "answered" : "closed by the client";
      changed();
    });
    changed();
    if ("refused" in asked) {
      request.state = "refused";
      response.writeHead(asked.refused, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: asked.why } }));
      return;
    }
    const play = current(turn, attempt);
    if (play.kind === "refuse") request.state = "refused";
    if (play.kind === "cut") request.state = "cut";
    const onHang = (): void => {
      request.state = "hanging";
      changed();
    };
    await playAnswer(response, { provider, place: { scenario, turn }, stream: asked.stream, play, onHang });
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { basePath, variables } = PROTOCOLS[provider];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await ended;
  };
  return {
    url,
    env: { [variables.url]: url, [variables.key]: TEST_KEY },
    requests,
    until: (isSo) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo(requests)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    follow: (next) => {
      current = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
