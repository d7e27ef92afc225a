/** How a call broke off that had begun well. */
export type Break =
  /** The provider said so, in the middle of its answer. */
  | { readonly kind: "reported"; readonly error: unknown }
  /** The answer ended before the model said how it stopped. */
  | { readonly kind: "unfinished" }
  /** The model stopped because of an error, and that is all that is known; `raw` is the provider's word for it. */
  | { readonly kind: "stopped"; readonly raw: string | null }
  /** A part of it is not what the specification says. */
  | { readonly kind: "unreadable" }
  /** The provider wants to be allowed to run a tool of its own, which nobody here can do. */
  | { readonly kind: "approval-asked" };

/** Thrown and caught within this room: what is known becomes a problem, as data. */
export class CallBroken extends Error {
  override readonly name = "CallBroken";
  readonly how: Break;

  constructor(how: Break) {
    super(how.kind);
    this.how = how;
  }
}
