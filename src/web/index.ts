/** Runs for web servers: their events as web-standard responses. */
export type { EventStreamOptions } from "./event-stream-response.ts";
export { eventStreamResponse, fromSeqOf } from "./event-stream-response.ts";
export type { AtRest, RunEvents } from "./run-events.ts";
export type { StreamResponseOptions } from "./stream-response.ts";
export type { UiMessageStreamOptions } from "./ui-message-stream-response.ts";
export { uiMessageStreamResponse } from "./ui-message-stream-response.ts";
export type { UiMessageOptions } from "./ui-message-writer.ts";
