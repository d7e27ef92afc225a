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
}

/** What is opened for one run in this process. Nothing of it is on record: whoever takes the run over opens it anew. */
export class ResourceScopes {
  readonly #runId: string;
  readonly #bindings: Bindings;
  /** By the attempt for which it is kept open; the empty text for the run. */
  readonly #scopes = new Map<string, Opened[]>();
  readonly #closing = new Map<ResourceDefinition, Promise<void>>();
  readonly #unwanted = new AbortController();

  constructor(runId: string, bindings: Bindings) {
    this.#runId = runId;
    this.#bindings = bindings;
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
      opened = { definition, value: this.#openAnew(definition) };
      inScope.push(opened);
    }
    try {
      return await opened.value;
    } catch (cause) {
      inScope.splice(inScope.indexOf(opened), 1); // the next one to need it tries again
      throw new FlujoError("resource_failed", `the resource "${name}" could not be opened: ${messageOf(cause)}`, { cause });
    }
  }

  async #openAnew(definition: ResourceDefinition): Promise<unknown> {
    await this.#closing.get(definition); // of the attempt before
    return definition.open({ runId: this.#runId, signal: this.#unwanted.signal });
  }

  /** The innermost attempt around that declares it, else the piece of work itself. */
  #scopeOf(key: InstancePath, definition: ResourceDefinition): string {
    for (let end = key.length; end > 0; end = key.lastIndexOf("/", end - 1)) {
      const path = (end === key.length ? key : key.slice(0, end)) as InstancePath;
      const declared = this.#bindings.resources.get(nodePathOf(path));
      if (declared !== undefined && Object.values(declared).includes(definition)) return path;
    }
    return key;
  }

  /** Closes what was opened for an attempt, in the reverse order. Resolves when it is closed; never rejects. */
  async close(scope: string): Promise<void> {
    const inScope = this.#scopes.get(scope);
    if (inScope === undefined) return;
    this.#scopes.delete(scope);
    await this.#closeAll(inScope);
  }

  /** {@link close}, for whoever cannot wait: whoever opens the same again does. */
  letGo(scope: string): void {
    this.close(scope).catch((error: unknown) => process.emitWarning(messageOf(error), "FlujoWarning"));
  }

  async #closeAll(inScope: Opened[]): Promise<void> {
    for (const opened of inScope.toReversed()) {
      const { definition } = opened;
      const closing = this.#closeOne(opened);
      this.#closing.set(definition, closing);
      await closing;
      if (this.#closing.get(definition) === closing) this.#closing.delete(definition);
    }
  }

  async #closeOne({ definition, value }: Opened): Promise<void> {
    let opened: unknown;
    try {
      opened = await value;
    } catch {
      return; // it never opened, which whoever wanted it was told
    }
    try {
      await definition.close?.(opened as never);
    } catch (error) {
      process.emitWarning(`Run ${this.#runId}: a resource could not be closed: ${messageOf(error)}`, "FlujoWarning");
    }
  }

  /** Closes everything that is still open: the run comes to rest here. Never rejects. */
  closeEverything(): Promise<void> | void {
    if (this.#scopes.size === 0 && this.#closing.size === 0) return;
    this.#unwanted.abort("cancelled");
    const scopes = [...this.#scopes.keys()].sort((a, b) => b.length - a.length); // inner ones first, the run's last
    return Promise.all([...scopes.map((scope) => this.close(scope)), ...this.#closing.values()]).then(() => undefined);
  }
}
