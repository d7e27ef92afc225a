/** Runs for web servers: their events as web-standard responses. For pages: what makes a picture of them. Loads nothing of Node's. */
export type { LiveOperation, LiveProgress, LiveToolInput } from "../model/live-progress.ts";
export { foldProgress, NO_PROGRESS } from "../model/live-progress.ts";
export type { EntryEvent, Progress, ProgressEvent, RunEvent } from "../model/run-event.ts";
export type { EventStreamOptions } from "./event-stream-response.ts";
export { eventStreamResponse, fromSeqOf } from "./event-stream-response.ts";
export type { AtRest, RunEvents } from "./run-events.ts";
export type { StreamResponseOptions } from "./stream-response.ts";
export type { UiMessageStreamOptions } from "./ui-message-stream-response.ts";
export { uiMessageStreamResponse } from "./ui-message-stream-response.ts";
export type { UiMessageOptions } from "./ui-message-writer.ts";
