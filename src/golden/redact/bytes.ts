import { readBytes } from "./packed-text.ts";
import type { TextRedactor } from "./text-redactor.ts";

/**
 * Bytes without what must not be seen: those that are text as text, others with what is known replaced in them. Those of a
 * sensitive field are all 0, and so are those that could not be of their kind otherwise. The same array where nothing was found.
 */
export function redactedBytes<T extends ArrayBufferView | ArrayBufferLike>(
  value: T,
  { texts, isSensitive }: { readonly texts: TextRedactor; readonly isSensitive: boolean },
): T {
  const bytes = bytesOf(value);
  if (isSensitive) return bytes.every((byte) => byte === 0) ? value : ofKind(value, new Uint8Array(bytes.length));
  const { text, isText } = readBytes(bytes);
  const redacted = texts.redactUnpacked(text, isText);
  if (redacted === text) return value;
  return ofKind(value, new Uint8Array(Buffer.from(redacted, isText ? "utf8" : "latin1")), bytes.length);
}

function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

/** A new one of the same class, over these bytes; of the old length and empty where they do not make up whole items of it. */
function ofKind<T extends ArrayBufferView | ArrayBufferLike>(value: T, bytes: Uint8Array<ArrayBuffer>, length = bytes.length): T {
  if (!ArrayBuffer.isView(value)) return bytes.buffer as unknown as T;
  if (Buffer.isBuffer(value)) return Buffer.from(bytes) as unknown as T;
  const size = "BYTES_PER_ELEMENT" in value ? Number(value.BYTES_PER_ELEMENT) : 1;
  const { buffer } = bytes.length % size === 0 ? bytes : new Uint8Array(length);
  return Reflect.construct(value.constructor as new (buffer: ArrayBuffer) => T, [buffer]);
}
