import type { Clock } from "../../base/clock.ts";
import { FlujoError, messageOf } from "../../base/errors.ts";
import type { InstancePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { Bindings } from "../../plan/bindings.ts";
import type { ResourceDefinition, ResourceDefinitions } from "../../plan/definition.ts";

/** The scope of what is opened once for a run. */
const RUN = "";

interface Opened {
  readonly definition: ResourceDefinition;
  readonly value: Promise<unknown>;
  /** Whether it has opened. */
  isOpen: boolean;
}

/** Something that is being closed. */
interface Closing {
  readonly opened: Opened;
  readonly ended: () => void;
}

/** What {@link ResourceScopes} work with. */
export interface ResourceParts {
  readonly runId: string;
  readonly bindings: Bindings;
  readonly clock: Clock;
  /** How long what is closed may take to close, in milliseconds. Nobody waits for it any longer than that. */
  readonly graceMs: number;
}

/** What is opened for one run in this process. Nothing of it is on record: whoever takes the run over opens it anew. */
export class ResourceScopes {
  readonly #parts: ResourceParts;
  /** By the attempt for which it is kept open; the empty text for the run. */
  readonly #scopes = new Map<string, Opened[]>();
  /** What is open still, and is being closed. */
  readonly #closing = new Map<ResourceDefinition, Set<Promise<void>>>();
  /** The closings under way, of whole scopes. */
  readonly #ending = new Set<Promise<void>>();
  readonly #unwanted = new AbortController();

  constructor(parts: ResourceParts) {
    this.#parts = parts;
  }

  /**
   * Everything that a piece of work uses, opened; null where its signal says meanwhile that it is not wanted any more: then
   * nothing more is opened.
   *
   * @throws {FlujoError} `resource_failed` with what `open` threw as its cause.
   */
  async acquire(key: InstancePath, wanted: ResourceDefinitions, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | null> {
    const opened: [string, unknown][] = [];
    for (const [name, definition] of Object.entries(wanted)) {
      if (signal.aborted) return null;
      opened.push([name, await this.#open(name, { key, definition })]);
    }
    return signal.aborted ? null : Object.fromEntries(opened);
  }

  async #open(
    name: string,
    { key, definition }: { readonly key: InstancePath; readonly definition: ResourceDefinition },
  ): Promise<unknown> {
    const scope = definition.per === "run" ? RUN : this.#scopeOf(key, definition);
    const inScope = this.#scopes.get(scope) ?? [];
    this.#scopes.set(scope, inScope);
    let opened = inScope.find((other) => other.definition === definition);
    if (opened === undefined) {
      opened = this.#begin(definition);
      inScope.push(opened);
    }
    try {
      return await opened.value;
    } catch (cause) {
      if (inScope.includes(opened)) inScope.splice(inScope.indexOf(opened), 1); // the next one to need it tries again
      throw new FlujoError("resource_failed", `the resource "${name}" could not be opened: ${messageOf(cause)}`, { cause });
    }
  }

  #begin(definition: ResourceDefinition): Opened {
    const opened: Opened = { definition, value: this.#openAnew(definition), isOpen: false };
    opened.value.then(
      () => {
        opened.isOpen = true;
      },
      () => undefined, // whoever wanted it is told
    );
    return opened;
  }

  async #openAnew(definition: ResourceDefinition): Promise<unknown> {
    for (const closing of this.#closing.get(definition) ?? []) await closing; // of the attempt before
    return definition.open({ runId: this.#parts.runId, signal: this.#unwanted.signal });
  }

  /** The innermost attempt around that declares it, else the piece of work itself. */
  #scopeOf(key: InstancePath, definition: ResourceDefinition): string {
    for (let end = key.length; end > 0; end = key.lastIndexOf("/", end - 1)) {
      const path = (end === key.length ? key : key.slice(0, end)) as InstancePath;
      const declared = this.#parts.bindings.resources.get(nodePathOf(path));
      if (declared !== undefined && Object.values(declared).includes(definition)) return path;
    }
    return key;
  }

  /** Closes what was opened for an attempt, in the reverse order. Nobody waits for it but whoever opens the same again. */
  letGo(scope: string): void {
    const inScope = this.#scopes.get(scope);
    if (inScope === undefined) return;
    this.#scopes.delete(scope);
    const ending = this.#closeAll(inScope.toReversed().map((opened) => this.#beginClosing(opened)));
    this.#ending.add(ending);
    ending.then(
      () => this.#ending.delete(ending),
      (error: unknown) => this.#warn(messageOf(error)),
    );
  }

  /** From now on whoever opens the same waits for it; not where it has not even opened yet, and perhaps never will. */
  #beginClosing(opened: Opened): Closing {
    if (!opened.isOpen) return { opened, ended: () => undefined };
    const { promise, resolve } = Promise.withResolvers<void>();
    const ofTheSame = this.#closing.get(opened.definition) ?? new Set();
    this.#closing.set(opened.definition, ofTheSame.add(promise));
    const ended = (): void => {
      ofTheSame.delete(promise);
      resolve();
    };
    return { opened, ended };
  }

  /** Never rejects. */
  async #closeAll(closings: readonly Closing[]): Promise<void> {
    for (const { opened, ended } of closings) {
      await this.#closeOne(opened);
      ended();
    }
  }

  async #closeOne({ definition, value }: Opened): Promise<void> {
    let opened: unknown;
    try {
      opened = await value;
    } catch {
      return; // it never opened, which whoever wanted it was told
    }
    await this.#closeInTime(definition, opened);
  }

  /** Closes it, and waits for that as long as it may take. What goes wrong is a warning. Never rejects. */
  async #closeInTime(definition: ResourceDefinition, opened: unknown): Promise<void> {
    const { clock, graceMs } = this.#parts;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const stop = clock.after(graceMs, () => {
      this.#warn(`is not closed ${graceMs} ms later.`);
      resolve();
    });
    await Promise.race([this.#tryToClose(definition, opened), late]);
    stop();
  }

  async #tryToClose(definition: ResourceDefinition, opened: unknown): Promise<void> {
    try {
      await definition.close?.(opened as never);
    } catch (error) {
      this.#warn(`could not be closed: ${messageOf(error)}`);
    }
  }

  #warn(problem: string): void {
    process.emitWarning(`Run ${this.#parts.runId}: a resource ${problem}`, "FlujoWarning");
  }

  /** Closes everything that is still open: the run comes to rest here. Never rejects. */
  closeEverything(): Promise<void> | void {
    const scopes = [...this.#scopes.keys()].sort((a, b) => b.length - a.length); // inner ones first, the run's last
    for (const scope of scopes) this.letGo(scope);
    if (this.#ending.size === 0) return;
    this.#unwanted.abort("cancelled");
    return Promise.all(this.#ending).then(() => undefined);
  }
}
