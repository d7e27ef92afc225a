import type { CacheNode } from "../model/node.ts";
import type { Patch } from "../model/patch.ts";
import type { InstancePath } from "../model/path.ts";

/** What a `recall` decision comes to: an outcome that was kept, or none; then why not, where that is not simply that there is none. */
export type Recalled =
  | { readonly isHit: true; readonly value: unknown; readonly writes: readonly Patch[] }
  | { readonly isHit: false; readonly problem: string | null };

/** What `recall` and `keep` are asked with, beside the value. */
export interface CacheDetail {
  readonly node: CacheNode;
  /** What stands for the input in the key: the input, or what a function made of it. */
  readonly by: unknown;
  /** The key of the cache's frame. */
  readonly at: InstancePath;
  /** What the program wrote to the context; none where nothing is kept yet. */
  readonly writes: readonly Patch[];
}
