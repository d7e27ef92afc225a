/** What a {@link FlujoFile} is made of. */
export interface FileParts {
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  /** `image/png`, `audio/wav`, `application/pdf`. */
  readonly mediaType: string;
  /** What it is called, without a folder; null where it has no name. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

/**
 * A file as a value: it can be an input, an output, part of either. Its bytes are stored once per run, however often the
 * file is passed on. Made by `file()`.
 */
export class FlujoFile {
  readonly sha256: string;
  readonly mediaType: string;
  readonly name: string | null;
  readonly bytes: Uint8Array;

  constructor(parts: FileParts) {
    this.sha256 = parts.sha256;
    this.mediaType = parts.mediaType;
    this.name = parts.name;
    this.bytes = parts.bytes;
  }

  /** In bytes. */
  get size(): number {
    return this.bytes.byteLength;
  }

  /** What JSON shows of it, for people: everything but the bytes. */
  toJSON(): { readonly file: string; readonly mediaType: string; readonly size: number; readonly sha256: string } {
    return { file: this.name ?? "unnamed", mediaType: this.mediaType, size: this.size, sha256: this.sha256 };
  }

  /** What `console.log` shows of it: the same. */
  [Symbol.for("nodejs.util.inspect.custom")](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    return `FlujoFile ${inspect(this.toJSON(), options)}`;
  }
}
