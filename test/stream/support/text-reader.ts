import { setImmediate as turn } from "node:timers/promises";

/** The body of a response, as far as it has come. */
export interface TextReader {
  readonly text: string;
  readonly isOver: boolean;
  /** Waits until it has come as far as this. */
  until(what: string): Promise<void>;
  /** Settles when no more comes, also where the reader has left. */
  readonly end: Promise<unknown>;
}

/** Reads the body of a response as it comes. */
export function textReader(response: Response): TextReader {
  let text = "";
  let isOver = false;
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk, { stream: true });
  };
  const end = read()
    .catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    })
    .finally(() => (isOver = true));
  return {
    get text() {
      return text;
    },
    get isOver() {
      return isOver;
    },
    async until(what) {
      while (!text.includes(what)) await turn();
    },
    end,
  };
}
