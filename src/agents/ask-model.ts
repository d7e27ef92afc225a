import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { nextTurn, systemClock } from "../base/system.ts";
import type { Answer } from "./answer.ts";
import { CallBroken } from "./call-broken.ts";
import { paced } from "./pace.ts";

/** One call: of what, with what, and what takes the answer in. */
export interface Asking {
  readonly model: LanguageModelV4;
  readonly options: Omit<LanguageModelV4CallOptions, "abortSignal">;
  readonly stream: boolean;
  readonly signal: AbortSignal;
  readonly answer: Answer;
  /** Told the headers of the answer. */
  readonly onHeaders: (headers: Readonly<Record<string, string>>) => void;
}

/**
 * Calls the model once, and takes in what it says. However this ends, the HTTP request has ended too.
 *
 * @throws {CallBroken} When the answer breaks off, or ends with an error.
 * @throws {unknown} What the model throws; the signal's reason where that was aborted, however the model takes it.
 */
export async function askModel(asking: Asking): Promise<void> {
  const { signal, answer } = asking;
  // The model gets a signal of its own: an answer that turns out to be broken is hung up on, like an aborted one.
  const line = new AbortController();
  const hangUp = (): void => line.abort(signal.reason);
  signal.addEventListener("abort", hangUp, { once: true });
  try {
    await paced();
    line.signal.throwIfAborted();
    if (asking.stream) await listen(asking, line.signal);
    else await waitForWhole(asking, line.signal);
    refuseBrokenEnd(answer);
  } catch (error) {
    line.abort(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", hangUp);
  }
}

async function waitForWhole({ model, options, answer, onHeaders }: Asking, line: AbortSignal): Promise<void> {
  const whole = await orAborted(model.doGenerate({ ...options, abortSignal: line }), { line, late: () => {} });
  if (whole.response?.headers !== undefined) onHeaders(whole.response.headers);
  answer.finish = { reason: whole.finishReason, usage: whole.usage };
  answer.takeWhole(whole.content, whole.structuredOutputText);
}

/** How long a stream may stay open after the model has said how it stopped: nothing should follow that. */
const LINGER_MS = 1_000;
/** A model that always has its next part at hand would keep the event loop: timeouts and everything else wait behind it. */
const PARTS_PER_TURN = 512;

async function listen({ model, options, answer, onHeaders }: Asking, line: AbortSignal): Promise<void> {
  const called = model.doStream({ ...options, abortSignal: line });
  const { stream, response } = await orAborted(called, { line, late: (result) => void result.stream.cancel().catch(ignore) });
  if (response?.headers !== undefined) onHeaders(response.headers);
  const reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> = stream.getReader();
  // Ends the read that is waiting, also with a model that does not heed its signal.
  const leave = (): void => void reader.cancel(line.reason).catch(ignore);
  line.addEventListener("abort", leave, { once: true });
  if (line.aborted) leave();
  let stopLingering: (() => void) | null = null;
  try {
    for (let taken = 1; ; taken++) {
      const { done, value } = await reader.read();
      line.throwIfAborted();
      if (done) break;
      answer.take(value);
      if (answer.finish !== null) stopLingering ??= systemClock.after(LINGER_MS, () => void reader.cancel().catch(ignore));
      if (taken % PARTS_PER_TURN === 0) await nextTurn();
    }
  } finally {
    stopLingering?.();
  }
  line.removeEventListener("abort", leave);
}

/** What the work gives, or the reason as soon as the line is cut. Nobody hears of what comes too late, but `late`. */
function orAborted<T>(
  work: PromiseLike<T>,
  { line, late }: { readonly line: AbortSignal; readonly late: (result: T) => void },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(line.reason as Error);
    line.addEventListener("abort", leave, { once: true });
    work.then(
      (result) => {
        line.removeEventListener("abort", leave);
        if (line.aborted) late(result);
        resolve(result);
      },
      (error: unknown) => {
        line.removeEventListener("abort", leave);
        reject(error);
      },
    );
  });
}

/** Cancelling what has broken already may fail, and says nothing new. */
function ignore(): void {}

function refuseBrokenEnd({ finish }: Answer): void {
  if (finish === null) throw new CallBroken({ kind: "unfinished" });
  const { unified, raw } = finish.reason;
  if (unified === "interrupted") throw new CallBroken({ kind: "unfinished" });
  if (unified === "error") throw new CallBroken({ kind: "stopped", raw: raw ?? null });
}
