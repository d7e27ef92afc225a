/**
 * Hands what others write to a stream to `take`, line by line, until the function it gives back is called; what is left
 * of an unfinished line goes to it then. What a user's steps print thus neither breaks what is drawn nor gets lost.
 */
export function divert(stream: NodeJS.WriteStream, take: (lines: string) => void): () => void {
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  const decoder = new TextDecoder();
  let unfinished = "";
  stream.write = (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: unknown): boolean => {
    const text = unfinished + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    const end = text.lastIndexOf("\n") + 1;
    unfinished = text.slice(end);
    if (end > 0) take(text.slice(0, end));
    const after = typeof encodingOrDone === "function" ? encodingOrDone : done;
    if (isCallback(after)) queueMicrotask(after);
    return true;
  };
  return () => {
    if (own === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", own);
    if (unfinished !== "") take(unfinished);
  };
}

function isCallback(value: unknown): value is () => void {
  return typeof value === "function";
}
