import { FlujoError } from "../base/errors.ts";
import { FlujoFile } from "../model/flujo-file.ts";

/** A class, as the registry sees it: also one whose constructor is private. */
export interface ClassOf<T extends object> {
  readonly name: string;
  readonly prototype: T;
}

/** How instances of a class are made storable. */
export interface CustomSerializer<T extends object> {
  /** What the type is called in stored values, for good: 1 to 100 characters, not beginning with `flujo:`. */
  readonly tag: string;
  /** Of the form of the data; raise it when {@link serialize} begins to give another. Default: 1. */
  readonly version?: number;
  /**
   * Whether instances of classes derived from this one are stored in the same way. They come back as whatever the
   * deserializer makes of them. Default: false, and they cannot be stored unless they are registered themselves.
   */
  readonly subclasses?: boolean;
  /**
   * Gives the data that says all of an instance, at once: plain data, `Date`, `Map`, files, instances of other registered
   * classes. Called whenever one is stored, so it must not change anything.
   */
  readonly serialize: (value: T) => unknown;
}

/** How stored data of one tag and version becomes a value again. */
export interface CustomDeserializer<Data = unknown> {
  readonly tag: string;
  /** Default: 1. */
  readonly version?: number;
  /** What the serializer of this tag and version gave is passed in; gives the value, at once. What it throws makes the stored value unreadable. */
  readonly deserialize: (data: Data) => unknown;
}

/** A class that can be stored and read: serializer and deserializer of one version. */
export interface CustomType<T extends object, Data> extends CustomSerializer<T> {
  readonly serialize: (value: T) => Data;
  readonly deserialize: (data: NoInfer<Data>) => T;
}

/** A class that was registered. */
export interface Writer {
  readonly type: ClassOf<object>;
  readonly tag: string;
  readonly version: number;
  readonly subclasses: boolean;
  readonly serialize: (value: never) => unknown;
}

/** What reads one version of one tag. */
export type Reader = (data: never) => unknown;

interface Registry {
  readonly writers: Map<object, Writer>;
  readonly tags: Map<string, Writer>;
  readonly readers: Map<string, Map<number, Reader>>;
}

const REGISTRY = Symbol.for("flujo.custom-types");

/** On the global object: two copies of the package may be loaded, and what was registered with one must be known to the other. */
function registry(): Registry {
  const room = globalThis as { [REGISTRY]?: Registry };
  room[REGISTRY] ??= { writers: new Map(), tags: new Map(), readers: new Map() };
  return room[REGISTRY];
}

/**
 * Says how instances of a class are stored, in this process and from now on. Without it, a value that holds one is
 * refused (`value_unstorable`). What was stored is read by {@link registerCustomDeserializer}, which every process that
 * resumes or shows a run must have called before; {@link registerCustomType} does both.
 *
 * Only instances of exactly this class count, unless `subclasses` says otherwise. Registering the same again changes
 * nothing.
 *
 * @throws {FlujoError} `usage_invalid` when the class is registered otherwise, when the tag belongs to another class, and
 * for a class that can be stored anyway.
 *
 * @example
 * ```ts
 * import { registerCustomDeserializer, registerCustomSerializer } from "flujo";
 *
 * class Money {
 *   readonly cents: bigint;
 *   readonly currency: string;
 *   constructor(cents: bigint, currency: string) {
 *     this.cents = cents;
 *     this.currency = currency;
 *   }
 * }
 *
 * registerCustomSerializer(Money, { tag: "Money", version: 2, serialize: ({ cents, currency }) => ({ cents, currency }) });
 * registerCustomDeserializer({
 *   tag: "Money",
 *   version: 2,
 *   deserialize: ({ cents, currency }: { cents: bigint; currency: string }) => new Money(cents, currency),
 * });
 * // What was stored before there were currencies:
 * registerCustomDeserializer({ tag: "Money", version: 1, deserialize: (euros: number) => new Money(BigInt(euros) * 100n, "EUR") });
 * ```
 */
export function registerCustomSerializer<T extends object>(type: ClassOf<T>, serializer: CustomSerializer<T>): void {
  const { tag, version = 1, subclasses = false, serialize } = serializer;
  refuseUnfit(type);
  checkTag(tag, version);
  requireFunction(serialize, "serialize", tag);
  const { writers, tags } = registry();
  const writer: Writer = { type, tag, version, subclasses, serialize };
  const before = writers.get(type.prototype);
  if (before !== undefined) {
    if (isSame(before, writer)) return;
    throw clash(`The class ${type.name} is registered already, as ${spoken(before)}`, "Register each class once.");
  }
  const holder = tags.get(tag);
  if (holder !== undefined)
    throw clash(
      `The tag "${tag}" belongs to another class, ${holder.type.name}`,
      "Give each class a tag of its own, and register in a module that is loaded once.",
    );
  writers.set(type.prototype, writer);
  tags.set(tag, writer);
}

/**
 * Says how stored values of one tag and version are read, in this process and from now on. Several versions of a tag may
 * stand side by side, so that old journals stay readable. Registering the same again changes nothing.
 *
 * @throws {FlujoError} `usage_invalid` when that version of the tag has another deserializer.
 */
export function registerCustomDeserializer<Data = unknown>(deserializer: CustomDeserializer<Data>): void {
  const { tag, version = 1, deserialize } = deserializer;
  checkTag(tag, version);
  requireFunction(deserialize, "deserialize", tag);
  const { readers } = registry();
  const versions = readers.get(tag) ?? new Map<number, Reader>();
  readers.set(tag, versions);
  const before = versions.get(version);
  if (before === undefined) versions.set(version, deserialize);
  else if (!isSameCode(before, deserialize))
    throw clash(`"${tag}", version ${version}, has another deserializer already`, "Register each version of a tag once.");
}

/**
 * {@link registerCustomSerializer} and {@link registerCustomDeserializer} in one, for the present form of a class: what
 * `deserialize` is given has the type of what `serialize` gives. Older forms are read by further deserializers.
 *
 * @throws {FlujoError} `usage_invalid`, as the two do.
 *
 * @example
 * ```ts
 * import { registerCustomType } from "flujo";
 *
 * class Money {
 *   readonly cents: bigint;
 *   readonly currency: string;
 *   constructor(cents: bigint, currency: string) {
 *     this.cents = cents;
 *     this.currency = currency;
 *   }
 * }
 *
 * registerCustomType(Money, {
 *   tag: "Money",
 *   serialize: ({ cents, currency }) => ({ cents, currency }),
 *   deserialize: ({ cents, currency }) => new Money(cents, currency),
 * });
 * ```
 */
export function registerCustomType<T extends object, Data>(type: ClassOf<T>, custom: CustomType<T, Data>): void {
  requireFunction(custom.deserialize, "deserialize", custom.tag);
  registerCustomSerializer(type, custom);
  registerCustomDeserializer<Data>(custom);
}

/** How a value is written that is an instance of a registered class; null for all others. */
export function writerOf(value: object): Writer | null {
  const { writers } = registry();
  if (writers.size === 0) return null;
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let isExact = true; typeof prototype === "object" && prototype !== null; isExact = false) {
    const writer = writers.get(prototype);
    if (writer !== undefined && (isExact || writer.subclasses)) return writer;
    prototype = Object.getPrototypeOf(prototype);
  }
  return null;
}

/** What reads a tag and version; where nothing does, the versions that can be read. */
export function readerOf(tag: string, version: number): Reader | readonly number[] {
  const versions = registry().readers.get(tag);
  return versions?.get(version) ?? [...(versions?.keys() ?? [])];
}

/** Classes whose instances come back as they went in, without being registered: by name, since each realm has its own. */
export const STORABLE_CLASSES: ReadonlySet<string> = new Set(
  (
    "Array Map Set Date URL URLSearchParams RegExp Number String Boolean BigInt ArrayBuffer DataView Buffer Int8Array Uint8Array " +
    "Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array"
  ).split(" "),
);

function refuseUnfit(type: ClassOf<object>): void {
  const given: unknown = type; // whoever writes JavaScript may have given anything
  if (typeof given !== "function" || typeof type.prototype !== "object" || type.prototype === null)
    throw clash("Only a class can be registered", "Give the class itself, not an instance and not its name.");
  const isBuiltIn = (type.name === "Object" || STORABLE_CLASSES.has(type.name)) && Reflect.get(globalThis, type.name) === given;
  if (isBuiltIn || given === FlujoFile) throw clash(`${type.name} can be stored anyway`, "It needs no registration.");
}

function checkTag(tag: unknown, version: unknown): void {
  if (typeof tag !== "string" || tag === "" || tag.length > 100)
    throw clash("The tag of a custom type is no text of 1 to 100 characters", "Give it one: it names the type in stored values.");
  if (tag.startsWith("flujo:")) throw clash(`The tag "${tag}" is Flujo's own`, "Choose one that does not begin with `flujo:`.");
  if (!Number.isSafeInteger(version) || Number(version) < 1)
    throw clash(`The version of "${tag}" is no whole number from 1 on`, "Count versions 1, 2, 3; left out, it is 1.");
}

function requireFunction(given: unknown, field: string, tag: string): void {
  if (typeof given !== "function") throw clash(`The custom type "${tag}" has no function \`${field}\``, `Give it as \`${field}\`.`);
}

function isSame(a: Writer, b: Writer): boolean {
  return a.tag === b.tag && a.version === b.version && a.subclasses === b.subclasses && isSameCode(a.serialize, b.serialize);
}

/** The same function, or one made by running the same line again. Of functions without a text of their own (bound ones), only the same. */
function isSameCode(a: Reader, b: Reader): boolean {
  return a === b || (String(a) === String(b) && !String(a).includes("[native code]"));
}

function spoken({ tag, version, subclasses }: Writer): string {
  return `"${tag}", version ${version}${subclasses ? ", with its subclasses" : ""}`;
}

function clash(summary: string, remedy: string): FlujoError {
  return new FlujoError("usage_invalid", `${summary}.`, { remedy });
}
