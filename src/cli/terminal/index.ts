/** Drawing at a terminal, and without one. Whatever comes from outside goes through {@link printable}. */
export type { LiveView } from "./live.ts";
export { liveView } from "./live-view.ts";
export { count, duration, money, plural, tokens } from "./numbers.ts";
export type { Paint } from "./paint.ts";
export { paintFor } from "./paint.ts";
export { printable, printableLine } from "./printable.ts";
export { table } from "./table.ts";
export { widthOf } from "./text-width.ts";
