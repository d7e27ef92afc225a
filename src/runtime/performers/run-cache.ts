import type { Clock } from "../../base/clock.ts";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { canonicalJson, isPlainObject } from "../../base/json.ts";
import { abortedFailure } from "../../core/program.ts";
import type { DecideOp } from "../../core/program.ts";
import type { CacheDetail, Recalled } from "../../core/recalled.ts";
import type { CacheBackend } from "../../model/cache-backend.ts";
import type { Recorded } from "../../model/entry.ts";
import type { Patch } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { decode, encode } from "../../serialize/codec.ts";
import { isStrictJson } from "../../serialize/strict-json.ts";
import type { Place } from "./cache-flights.ts";
import { awaitPlace, takePlace } from "./cache-flights.ts";
import { contextOf, reducedIn } from "./own-reducers.ts";
import { ReducerFault } from "./reducer-fault.ts";
import { checkWrites } from "./writes.ts";

/** How long a backend may take, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What {@link RunCache} works with. */
export interface RunCacheParts {
  readonly bindings: Bindings;
  /** The run's own store's, for caches that name no other. */
  readonly backend: CacheBackend;
  /** The model every agent of this run uses instead of its own, or null. */
  readonly model: string | null;
  readonly clock: Clock;
}

/** One question about what is kept. */
interface Asked {
  readonly op: DecideOp;
  readonly detail: CacheDetail;
  readonly backend: CacheBackend;
  readonly key: string;
}

/** The caches of one run in this process: looks things up, keeps them, and holds the places of what it runs for others too. */
export class RunCache {
  readonly #parts: RunCacheParts;
  /** By the key of the cache's frame. */
  readonly #places = new Map<InstancePath, Place>();
  /** The backends that this run has complained about. */
  readonly #told = new Set<CacheBackend>();

  constructor(parts: RunCacheParts) {
    this.#parts = parts;
  }

  /** What is kept of the same call; where somebody in this process is about to make it, what comes of that. */
  recall(op: DecideOp, signal: AbortSignal): Recorded | Promise<Recorded> {
    const asked = this.#asked(op);
    if (typeof asked === "string") return missed(asked);
    const place = takePlace(asked.backend, asked.key);
    if (place === null) return this.#wait(asked, signal);
    this.#places.set(asked.detail.at, place);
    return this.#look(asked, place);
  }

  /** Keeps what the program gave, and hands it to those who wait for it. Gives what went wrong, or null. */
  keep(op: DecideOp): Recorded | Promise<Recorded> {
    const asked = this.#asked(op);
    if (typeof asked === "string") return { status: "succeeded", value: asked };
    const { detail, backend, key } = asked;
    const { node, at, writes } = detail;
    const atMs = this.#parts.clock.now();
    const give = (problem: string | null): Recorded => ({ status: "succeeded", value: problem });
    try {
      const text = encode({ format: 1, atMs, value: op.value, writes }, `What ${at} keeps`);
      this.#places.get(at)?.end(text);
      const setting = backend.set(key, { text, atMs, expiresAtMs: node.ttlMs === null ? null : atMs + node.ttlMs });
      if (!(setting instanceof Promise)) return give(null);
      return this.#inTime(setting).then(
        () => give(null),
        (error: unknown) => give(this.#tell(asked, error)),
      );
    } catch (error) {
      return give(this.#tell(asked, error));
    }
  }

  /** A cache's frame has ended, however: who waited for it has the place now, unless something was kept. */
  frameEnded(key: InstancePath): void {
    this.#places.get(key)?.end(null);
    this.#places.delete(key);
  }

  /** Something waits under this key, for nobody knows how long: nobody else waits for what it stands in. */
  waitOpens(key: InstancePath): void {
    for (const at of this.#places.keys()) if (isBelow(key, at)) this.frameEnded(at);
  }

  /** The run comes to rest here. */
  release(): void {
    for (const at of this.#places.keys()) this.frameEnded(at);
  }

  /** What the key is made of; or why there is none. */
  #asked(op: DecideOp): Asked | string {
    const { bindings, backend, model } = this.#parts;
    const detail = op.detail as CacheDetail; // the handler has made it
    const { node, by } = detail;
    const bound = bindings.caches.get(op.node);
    try {
      const context: unknown = node.reads.length === 0 ? null : op.context.value();
      const read = node.reads.map((field) => textOf(isPlainObject(context) ? context[field] : undefined, `${op.node} reads "${field}"`));
      const key = sha256(JSON.stringify([1, node.contents, bound?.code ?? "", model, textOf(by, op.node), ...read]));
      return { op, detail, key, backend: bound?.backend ?? backend };
    } catch (error) {
      return messageOf(error); // what cannot be written down cannot be told from something else
    }
  }

  #look(asked: Asked, place: Place): Recorded | Promise<Recorded> {
    const given = (text: string | null): Recorded | Promise<Recorded> => {
      if (text === null) return missed(null);
      const opened = this.#open(asked, text);
      return whenThere(opened, (recalled) => {
        if (recalled.isHit) place.end(text);
        return { status: "succeeded", value: recalled };
      });
    };
    try {
      const getting = asked.backend.get(asked.key);
      if (!(getting instanceof Promise)) return given(getting);
      return this.#inTime(getting)
        .then(given)
        .catch((error: unknown) => missed(this.#tell(asked, error)));
    } catch (error) {
      return missed(this.#tell(asked, error));
    }
  }

  /** Until whoever has the place brings something; or hands it on, and then it is ours. */
  #wait(asked: Asked, signal: AbortSignal): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      const { backend, key, detail, op } = asked;
      const stop = (): void => {
        leave();
        resolve({ status: "failed", failure: abortedFailure(op.key, "cancelled") });
      };
      const leave = awaitPlace(backend, key, (handed) => {
        signal.removeEventListener("abort", stop);
        if (typeof handed === "string") Promise.resolve(this.#openOrAsk(asked, handed, signal)).then(resolve, reject);
        else {
          this.#places.set(detail.at, handed);
          resolve(missed(null));
        }
      });
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** What somebody else has brought; what is too old for this one already is asked for anew. */
  #openOrAsk(asked: Asked, text: string, signal: AbortSignal): Recorded | Promise<Recorded> {
    return whenThere(this.#open(asked, text), (recalled) => {
      if (recalled.isHit || recalled.problem !== null) return { status: "succeeded", value: recalled };
      return this.recall(asked.op, signal);
    });
  }

  /** The outcome in a text, unless it is too old, cannot be read, or does not fit any more. */
  #open(asked: Asked, text: string): Recalled | Promise<Recalled> {
    const { op, detail } = asked;
    const { ttlMs } = detail.node;
    const none = (problem: string | null): Recalled => ({ isHit: false, problem });
    try {
      const kept = decode(text);
      if (!isKept(kept)) throw new TypeError("what it has is not what was kept");
      if (ttlMs !== null && this.#parts.clock.now() - kept.atMs >= ttlMs) return none(null);
      const { value, writes } = kept;
      const definition = writes.length === 0 ? null : contextOf(this.#parts.bindings, op.context);
      if (definition === null) return { isHit: true, value, writes };
      const written = reducedIn(definition, op.context, writes);
      return whenThere(checkWrites(definition, op.context, written), (checked): Recalled => {
        if (checked.ok) return { isHit: true, value, writes: written };
        return none("what it wrote to the context does not fit there any more");
      });
    } catch (error) {
      if (error instanceof ReducerFault) return none(`what it wrote to the context cannot be added there: ${error.message}`);
      return none(this.#tell(asked, error));
    }
  }

  #inTime<T>(coming: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.#parts.clock.after(PATIENCE_MS, () => reject(new Error(`it did not answer within ${PATIENCE_MS / 1_000} s`)));
      coming.then(resolve, reject).finally(stop);
    });
  }

  /** Warns of a backend once in a run, and gives the words. */
  #tell({ backend, op }: Asked, error: unknown): string {
    const problem = `the cache ${backend.name}: ${FlujoError.is(error) ? error.summary : messageOf(error)}`;
    if (!this.#told.has(backend)) process.emitWarning(`${op.key}: ${problem}`, "FlujoWarning");
    this.#told.add(backend);
    return problem;
  }
}

function missed(problem: string | null): Recorded {
  return { status: "succeeded", value: { isHit: false, problem } satisfies Recalled };
}

/** The same text for equal values, as far as JSON can say them. The bytes of files are their hash. */
function textOf(value: unknown, where: string): string {
  return isStrictJson(value) ? canonicalJson(value) : `not JSON ${encode(value, where, new Map())}`;
}

interface Kept {
  readonly atMs: number;
  readonly value: unknown;
  readonly writes: readonly Patch[];
}

function isKept(kept: unknown): kept is Kept {
  return (
    isPlainObject(kept) && kept["format"] === 1 && typeof kept["atMs"] === "number" && Array.isArray(kept["writes"]) && "value" in kept
  );
}

function isBelow(key: InstancePath, above: InstancePath): boolean {
  return key.startsWith(above) && /^[/#[]/.test(key.slice(above.length));
}

function whenThere<T, R>(value: T | Promise<T>, make: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(make) : make(value);
}
