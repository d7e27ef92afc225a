import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { bodyOf, errorEventOf, eventsOf, NO_JSON, type Provider, refusalOf, type TurnOf } from "./answers.ts";
import { PROTOCOLS } from "./protocols.ts";

/** What the server does with a request. */
export type Play =
  /** It answers. With `holdAtHalf`, it says half and goes on when that is kept; with `rewrite`, it says it otherwise. */
  | { readonly kind: "fine"; readonly holdAtHalf?: Promise<void>; readonly rewrite?: (answer: string) => string }
  /** 429, with the header that says when to come back, or without it. */
  | { readonly kind: "refuse"; readonly retryAfterS: number | null }
  /** The socket breaks in the middle of the stream. */
  | { readonly kind: "cut" }
  /** The stream ends as if all was well, before it has told how the answer ended. */
  | { readonly kind: "end-early" }
  /** One event in the middle has lost its second half. */
  | { readonly kind: "garble" }
  /** Status 200, and a page of HTML. */
  | { readonly kind: "no-json" }
  /** An error event in the middle of the stream, which ends with it. */
  | { readonly kind: "error-event" }
  /** Nothing more comes until the client hangs up: not even headers, or after half of the stream. */
  | { readonly kind: "hang"; readonly after: "request" | "half" };

/** Small enough that events, and letters of several bytes, come in pieces. */
const PIECE_BYTES = 97;

interface Playing {
  readonly provider: Provider;
  readonly place: TurnOf;
  readonly stream: boolean;
  readonly play: Play;
  /** Told when nothing more will come. */
  readonly onHang: () => void;
}

/** Plays one answer. Gives up, without a word, when the client has hung up. */
export async function playAnswer(response: ServerResponse, playing: Playing): Promise<void> {
  const { provider, play } = playing;
  switch (play.kind) {
    case "refuse":
      response.writeHead(429, {
        "content-type": "application/json",
        ...(play.retryAfterS === null ? {} : { "retry-after": String(play.retryAfterS) }),
      });
      response.end(refusalOf(provider));
      return;
    case "no-json":
      response.writeHead(200, { "content-type": "text/html" });
      response.end(NO_JSON);
      return;
    case "hang":
      if (play.after === "half") {
        startAnswer(response, playing.stream);
        await write(response, halves(answerBytes(playing))[0]);
      }
      playing.onHang();
      return closed(response);
    case "fine":
      startAnswer(response, playing.stream);
      return playWhole(response, answerBytes(playing), play.holdAtHalf);
    case "cut":
      startAnswer(response, playing.stream);
      await write(response, halves(answerBytes(playing))[0]);
      response.destroy();
      return;
    case "end-early":
    case "garble":
    case "error-event":
      startAnswer(response, playing.stream);
      await write(response, Buffer.from(brokenEvents(playing).join("")));
      response.end();
      return;
  }
}

function startAnswer(response: ServerResponse, stream: boolean): void {
  response.writeHead(200, { "content-type": stream ? "text/event-stream; charset=utf-8" : "application/json" });
}

async function playWhole(response: ServerResponse, bytes: Buffer, holdAtHalf: Promise<void> | undefined): Promise<void> {
  const [first, second] = halves(bytes);
  await write(response, first);
  if (holdAtHalf !== undefined) await Promise.race([holdAtHalf, closed(response)]);
  await write(response, second);
  response.end();
}

function answerBytes({ provider, place, stream, play }: Playing): Buffer {
  const answer = stream ? eventsOf(provider, place).join("") : bodyOf(provider, place);
  return Buffer.from(play.kind === "fine" && play.rewrite !== undefined ? play.rewrite(answer) : answer);
}

function halves(bytes: Buffer): readonly [Buffer, Buffer] {
  const half = bytes.length >> 1;
  return [bytes.subarray(0, half), bytes.subarray(half)];
}

function brokenEvents({ provider, place, play }: Playing): readonly string[] {
  const events = eventsOf(provider, place);
  const middle = events.length >> 1;
  if (play.kind === "error-event") return [...events.slice(0, middle), errorEventOf(provider)];
  if (play.kind === "end-early")
    return events.slice(
      0,
      events.findIndex((event) => PROTOCOLS[provider].finish.test(event)),
    );
  const whole = (events[middle] ?? "").trimEnd();
  const broken = `${whole.slice(0, Math.ceil(whole.length / 2))}\n\n`;
  return [...events.slice(0, middle), broken, ...events.slice(middle + 1)];
}

async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE_BYTES) {
    response.write(bytes.subarray(at, at + PIECE_BYTES));
    await nextTurn();
  }
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.once("close", () => resolve());
  });
}
