/**
 * A stored value of a custom type that this process cannot read, where that is no reason to refuse what it stands in: a
 * list of runs must not fail because one of them shows somebody a type of its own. Stored again, it is what it was.
 */
export class ForeignValue {
  readonly tag: string;
  readonly version: number;
  readonly data: unknown;

  constructor(parts: { readonly tag: string; readonly version: number; readonly data: unknown }) {
    this.tag = parts.tag;
    this.version = parts.version;
    this.data = parts.data;
  }

  /** What people are shown of it. */
  toJSON(): { readonly type: string; readonly version: number; readonly data: unknown } {
    return { type: this.tag, version: this.version, data: this.data };
  }
}
