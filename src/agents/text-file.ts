import type { FlujoFile } from "../model/flujo-file.ts";

const TEXTUAL = /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml|x-yaml|toml|javascript|x-ndjson|csv|sql))$/;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A text file as text, under its name: every model reads that, while most providers refuse text files as files. Null
 * where it is no text.
 */
export function readTextFile({ bytes, mediaType, name }: FlujoFile): string | null {
  const [type = ""] = mediaType.toLowerCase().split(";");
  if (!TEXTUAL.test(type.trim())) return null;
  try {
    return `${name ?? "file"} (${type.trim()}):\n${strictUtf8.decode(bytes)}`;
  } catch {
    return null; // another encoding: the provider gets the bytes, and may know it
  }
}
