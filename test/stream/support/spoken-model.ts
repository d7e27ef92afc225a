import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4FinishReason, LanguageModelV4StreamPart } from "@ai-sdk/provider";

/** One call of a {@link SpokenModel}: the test says its answer piece by piece. */
export interface Speech {
  readonly options: LanguageModelV4CallOptions;
  say(...deltas: readonly string[]): Speech;
  reason(...deltas: readonly string[]): Speech;
  /** Writes the arguments of a tool call piece by piece, then makes the call. */
  call(tool: string, id: string, ...pieces: readonly string[]): Speech;
  /** Ends the answer. */
  end(reason?: LanguageModelV4FinishReason["unified"]): void;
  /** Breaks it off: no more comes, and nothing said that it was over. */
  breakOff(): void;
}

const USAGE = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
};

/** A model in this process, whose answers are in the test's hands. */
export class SpokenModel {
  readonly model: LanguageModelV4;
  readonly #waiting: ((speech: Speech) => void)[] = [];
  readonly #arrived: Speech[] = [];

  /** @param onCall - Says the answer of each call; left out, calls wait to be taken with {@link next}. */
  constructor(onCall?: (speech: Speech, index: number) => void) {
    let index = 0;
    this.model = {
      specificationVersion: "v4",
      provider: "spoken",
      modelId: "spoken",
      supportedUrls: {},
      doGenerate: () => Promise.reject(new Error("It was to be streamed.")),
      doStream: async (options) => {
        let controller!: ReadableStreamDefaultController<LanguageModelV4StreamPart>;
        const stream = new ReadableStream<LanguageModelV4StreamPart>({ start: (made) => void (controller = made) });
        options.abortSignal?.addEventListener("abort", () => controller.error(options.abortSignal?.reason));
        const speech = speechOn(controller, options);
        if (onCall === undefined) this.#arrive(speech);
        else onCall(speech, index++);
        return { stream };
      },
    };
  }

  /** The next call. */
  next(): Promise<Speech> {
    const speech = this.#arrived.shift();
    return speech === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(speech);
  }

  #arrive(speech: Speech): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#arrived.push(speech);
    else waiting(speech);
  }
}

function speechOn(to: ReadableStreamDefaultController<LanguageModelV4StreamPart>, options: LanguageModelV4CallOptions): Speech {
  let open: "text" | "reasoning" | null = null;
  let calls = 0;
  const turnTo = (type: "text" | "reasoning" | null): void => {
    if (open === type) return;
    if (open !== null) to.enqueue({ type: `${open}-end`, id: open });
    if (type !== null) to.enqueue({ type: `${type}-start`, id: type });
    open = type;
  };
  const speech: Speech = {
    options,
    say(...deltas) {
      turnTo("text");
      for (const delta of deltas) to.enqueue({ type: "text-delta", id: "text", delta });
      return speech;
    },
    reason(...deltas) {
      turnTo("reasoning");
      for (const delta of deltas) to.enqueue({ type: "reasoning-delta", id: "reasoning", delta });
      return speech;
    },
    call(toolName, id, ...pieces) {
      turnTo(null);
      calls++;
      to.enqueue({ type: "tool-input-start", id, toolName });
      for (const delta of pieces) to.enqueue({ type: "tool-input-delta", id, delta });
      to.enqueue({ type: "tool-input-end", id });
      to.enqueue({ type: "tool-call", toolCallId: id, toolName, input: pieces.join("") });
      return speech;
    },
    end(reason = calls > 0 ? "tool-calls" : "stop") {
      turnTo(null);
      to.enqueue({ type: "finish", usage: USAGE, finishReason: { unified: reason, raw: undefined } });
      to.close();
    },
    breakOff: () => to.close(),
  };
  return speech;
}
