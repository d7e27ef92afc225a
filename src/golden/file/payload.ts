import { sha256 } from "../../base/hash.ts";
import type { Json } from "../../base/json.ts";
import { isReadable } from "./print-yaml.ts";
import { treeOf } from "./value-tree.ts";

/** What is larger stands in a file of its own: a text by its bytes in UTF-8, a value by those of its JSON without white space. */
const LARGEST_INLINE = 2_048;
/** A value that is nested deeper stands in a file of its own too: its lines would begin far to the right. */
const DEEPEST_INLINE = 20;

/** The folder of the large texts and values of the goldens beside it. */
export const PAYLOADS = "payloads";

/** The name of a payload: the first 32 digits of the SHA-256 of its text in UTF-8, and what it is. */
export const PAYLOAD_NAME = /^[0-9a-f]{32}\.(?:txt|json)$/;

/** The name that a payload with this text has. */
function payloadName(text: string, ending: "txt" | "json"): string {
  return `${sha256(text).slice(0, 32)}.${ending}`;
}

/** Takes in the large texts and values of one golden. */
export class Shelf {
  /** By name. */
  readonly payloads = new Map<string, string>();

  /** A text, or where it is. */
  text(text: string): Json {
    const name = this.#shelved(text, this.payloads);
    return name === null ? text : { $text: name };
  }

  /** A value, or where it is. @throws {FlujoError} `value_unstorable` */
  value(value: unknown, where: string): Json {
    const texts = new Map<string, string>();
    const tree = treeOf(value, where, (text) => this.#shelved(text, texts));
    if (isShallow(tree, DEEPEST_INLINE) && bytesOf(tree) <= LARGEST_INLINE) {
      for (const [name, text] of texts) this.payloads.set(name, text);
      return tree;
    }
    const text = `${JSON.stringify(texts.size === 0 ? tree : treeOf(value, where), null, 2)}\n`;
    const name = payloadName(text, "json");
    this.payloads.set(name, text);
    return { $json: `${PAYLOADS}/${name}` };
  }

  /** Where a long text is; null for a short one, and for one that an editor or a checkout could change unseen. */
  #shelved(text: string, into: Map<string, string>): string | null {
    if (text.length * 3 <= LARGEST_INLINE || Buffer.byteLength(text) <= LARGEST_INLINE || !isReadable(text)) return null;
    const name = payloadName(text, "txt");
    into.set(name, text);
    return `${PAYLOADS}/${name}`;
  }
}

function isShallow(tree: Json, levels: number): boolean {
  if (typeof tree !== "object" || tree === null) return true;
  return levels > 0 && Object.values(tree).every((inner: Json) => isShallow(inner, levels - 1));
}

function bytesOf(tree: Json): number {
  return Buffer.byteLength(typeof tree === "string" ? tree : JSON.stringify(tree));
}
