import type { UiMessageChunk } from "./ui-message-chunk.ts";

/** Text or reasoning as the client has it. */
interface TextPart {
  readonly type: "text" | "reasoning";
  readonly id: string;
  /** The model call that says it; null once that has ended well, so that it stays. */
  call: string | null;
  text: string;
  isDone: boolean;
}

/** A tool call, or data. */
export interface OtherPart {
  readonly type: "other";
  call: string | null;
  /** What would make it again. */
  chunks: UiMessageChunk[];
}

/**
 * A message as the client has it. What is said goes through here, so that it can be taken back: the protocol can only
 * clear all of the step that is under way, so what is to stay of it is said once more.
 */
export class UiMessage {
  #out: UiMessageChunk[] = [];
  #parts: (TextPart | OtherPart)[] = [];
  #hasStep = false;

  /** What is to be sent, since the last time. */
  drain(): readonly UiMessageChunk[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  say(chunk: UiMessageChunk): void {
    this.#out.push(chunk);
  }

  /** Begins a step: what was said before stays for good. One in which nothing was said, or all was void, goes on. */
  beginStep(): void {
    if (this.#hasStep && this.#parts.length === 0) return;
    this.endStep();
    this.#hasStep = true;
    this.say({ type: "start-step" });
  }

  endStep(): void {
    if (this.#hasStep) this.say({ type: "finish-step" });
    this.#hasStep = false;
    this.#parts = [];
  }

  /** Goes on with what a call says; another kind of text than before is a new block. */
  speak(call: string, type: TextPart["type"], delta: string): void {
    const last = this.#parts.findLast((part): part is TextPart => part.call === call && part.type !== "other" && !part.isDone);
    if (last?.type === type) {
      last.text += delta;
      this.say({ type: `${type}-delta`, id: last.id, delta });
      return;
    }
    if (last !== undefined) this.#finish(last);
    const number = this.#parts.filter((part) => part.call === call && part.type === type).length;
    const part: TextPart = { type, id: `${call}/${type}[${number}]`, call, text: delta, isDone: false };
    this.#parts.push(part);
    for (const chunk of chunksOf(part)) this.say(chunk);
  }

  /** What a call has said so far. */
  textOf(call: string, type: TextPart["type"]): string {
    return this.#parts.flatMap((part) => (part.call === call && part.type === type ? [part.text] : [])).join("");
  }

  /** Adds a part, or changes one: what is said of it is what would make it again, or comes on top of that. */
  change(part: OtherPart, chunk: UiMessageChunk, how: "anew" | "more"): void {
    if (how === "anew") part.chunks = [chunk];
    else part.chunks.push(chunk);
    if (how === "anew" && !this.#parts.includes(part)) this.#parts.push(part);
    this.say(chunk);
  }

  /** Whether it belongs to the step that is under way, and can be said anew. */
  isCurrent(part: OtherPart): boolean {
    return this.#parts.includes(part);
  }

  /** What a call has said is true, and stays. */
  settle(call: string): void {
    for (const part of this.#parts) {
      if (part.call !== call) continue;
      if (part.type !== "other" && !part.isDone) this.#finish(part);
      part.call = null;
    }
  }

  /** What a call has said is void. */
  retract(call: string): void {
    const kept = this.#parts.filter((part) => part.call !== call);
    if (kept.length === this.#parts.length) return;
    this.#parts = kept;
    this.say({ type: "reset-step" });
    for (const part of kept) for (const chunk of chunksOf(part)) this.say(chunk);
  }

  #finish(part: TextPart): void {
    part.isDone = true;
    this.say({ type: `${part.type}-end`, id: part.id });
  }
}

function chunksOf(part: TextPart | OtherPart): readonly UiMessageChunk[] {
  if (part.type === "other") return part.chunks;
  const { type, id, text, isDone } = part;
  const open: readonly UiMessageChunk[] = [
    { type: `${type}-start`, id },
    { type: `${type}-delta`, id, delta: text },
  ];
  return isDone ? [...open, { type: `${type}-end`, id }] : open;
}
