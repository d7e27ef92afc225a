import type { StandIn } from "../../base/stand-ins.ts";

/** Milliseconds since 1970, or null where time is the machine's. */
export type NowHere = () => number | null;

/** What we have put in the place of a `Date`, to that. */
const originals = new WeakMap<object, DateConstructor>();

/** The `Date` there is without us: Node's, or that of fake timers. */
function originalDate(): DateConstructor {
  return originals.get(globalThis.Date) ?? globalThis.Date;
}

/** What stands in for time. A date stays an instance of the one and only `Date.prototype`, whoever made it. */
export function timeStandIns(nowHere: NowHere): readonly StandIn[] {
  return [
    { of: () => globalThis, member: "Date", make: (date) => dateBy(date as DateConstructor, nowHere) }, // what is at that place
    { of: originalDate, member: "now", make: (now) => nowBy(now as () => number, nowHere) },
    { of: () => originalDate().prototype, member: "constructor", make: () => globalThis.Date },
    { of: () => performance, member: "now", make: (now) => preciseNowBy(now as () => number, nowHere) },
    // So that the two together are the time of day, as they are otherwise.
    { of: () => performance, member: "timeOrigin", isGetter: true, make: (origin) => originBy(origin as () => number, nowHere) },
  ];
}

function dateBy(original: DateConstructor, nowHere: NowHere): DateConstructor {
  const ours = new Proxy(original, {
    construct(target, args: readonly unknown[], newTarget) {
      const nowMs = args.length === 0 ? nowHere() : null;
      return Reflect.construct(target, nowMs === null ? args : [nowMs], newTarget) as Date;
    },
    apply(target) {
      const nowMs = nowHere();
      return nowMs === null ? target() : new target(nowMs).toString(); // called as a function, it takes nothing
    },
  });
  originals.set(ours, original);
  return ours;
}

function nowBy(original: () => number, nowHere: NowHere): () => number {
  return function now(this: unknown) {
    const nowMs = nowHere();
    return nowMs === null ? Reflect.apply(original, this, []) : Math.trunc(nowMs);
  };
}

function preciseNowBy(original: () => number, nowHere: NowHere): () => number {
  return function now(this: unknown) {
    return nowHere() ?? Reflect.apply(original, this, []);
  };
}

function originBy(original: () => number, nowHere: NowHere): () => number {
  return function timeOrigin() {
    return nowHere() === null ? original() : 0;
  };
}
