import type { StandIn } from "../../base/stand-ins.ts";
import type { Chance } from "./chance.ts";

/** What is drawn from, or null where chance is the machine's. */
export type ChanceHere = () => Chance | null;

type Original = (...args: readonly unknown[]) => unknown;

/** What stands in for chance. What is wrong with an argument, the original says, in its own words. */
export function chanceStandIns(chanceHere: ChanceHere): readonly StandIn[] {
  const nodeCrypto = process.getBuiltinModule("node:crypto");
  const fillNow: Original = nodeCrypto.randomFillSync.bind(nodeCrypto) as Original; // takes what `randomFill` takes
  const webCrypto = (): object => globalThis.crypto;
  const node = (): object => nodeCrypto;
  const member = (of: () => object, name: string, draw: Draw): StandIn => ({
    of,
    member: name,
    make: (original) => drawnBy(original as Original, { name, draw, chanceHere }), // a function in every Node there is
  });
  return [
    member(
      () => Math,
      "random",
      (_args, chance) => chance.share(),
    ),
    member(webCrypto, "randomUUID", uuid),
    member(webCrypto, "getRandomValues", fillWhole),
    member(node, "randomUUID", uuid),
    member(node, "randomBytes", withCallback(bytes)),
    member(node, "randomInt", withCallback(integer)),
    member(node, "randomFillSync", fillPart),
    // It cannot do without its callback, so another checks what it is given.
    member(
      node,
      "randomFill",
      withCallback((args, chance) => fillPart(args, chance, () => fillNow(...args))),
    ),
  ];
}

/** Draws what was asked for; `sample` is what the original drew, which has the right form, and has checked the arguments. */
type Draw = (args: readonly unknown[], chance: Chance, sample: () => unknown) => unknown;

function drawnBy(
  original: Original,
  { name, draw, chanceHere }: { readonly name: string; readonly draw: Draw; readonly chanceHere: ChanceHere },
): Original {
  const drawn = function (this: unknown, ...args: readonly unknown[]): unknown {
    const chance = chanceHere();
    const sample = (): unknown => Reflect.apply(original, this, lastIsCallback(args) ? args.slice(0, -1) : args);
    return chance === null ? Reflect.apply(original, this, args) : draw(args, chance, sample);
  };
  return Object.defineProperty(drawn, "name", { value: name, configurable: true });
}

const uuid: Draw = (_args, chance, sample) => {
  sample();
  return chance.uuid();
};

const bytes: Draw = (_args, chance, sample) => {
  const drawn = sample() as Buffer; // what `randomBytes` gives
  chance.fill(drawn);
  return drawn;
};

const integer: Draw = ([first, second], chance, sample) => {
  sample();
  const [least, end] = typeof second === "number" ? [first as number, second] : [0, first as number]; // `sample` has checked them
  return least + Math.floor(chance.share() * (end - least));
};

const fillWhole: Draw = ([into], chance, sample) => {
  const filled = sample();
  chance.fill(bytesOf(into as ArrayBufferView));
  return filled;
};

/** `offset` and `size` count elements of a typed array, bytes of everything else. */
const fillPart: Draw = ([into, offset, size], chance, sample) => {
  const filled = sample();
  const all = bytesOf(into as ArrayBufferView | ArrayBuffer);
  const unit = into instanceof Object && "BYTES_PER_ELEMENT" in into ? Number(into.BYTES_PER_ELEMENT) : 1;
  const from = typeof offset === "number" ? offset * unit : 0;
  chance.fill(all.subarray(from, typeof size === "number" ? from + size * unit : all.length));
  return filled;
};

function bytesOf(into: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(into) ? new Uint8Array(into.buffer, into.byteOffset, into.byteLength) : new Uint8Array(into);
}

/** The same, told to a function where one is given. */
function withCallback(draw: Draw): Draw {
  return (args, chance, sample) => {
    const callback = args.at(-1);
    if (typeof callback !== "function") return draw(args, chance, sample);
    const drawn = draw(args.slice(0, -1), chance, sample);
    process.nextTick(callback, null, drawn);
    return undefined;
  };
}

function lastIsCallback(args: readonly unknown[]): boolean {
  return typeof args.at(-1) === "function";
}
