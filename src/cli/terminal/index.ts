/** Drawing at a terminal, and without one. Whatever comes from outside goes through {@link printable}. */
export type { LiveView, LiveViewOptions } from "./live-view.ts";
export { liveView } from "./live-view.ts";
export { ago, count, duration, money, tokens, tokensOf } from "./numbers.ts";
export type { Paint } from "./paint.ts";
export { paintFor } from "./paint.ts";
export { printable, printableLine } from "./printable.ts";
export type { Column, TableOptions } from "./table.ts";
export { table } from "./table.ts";
export { fit, widthOf } from "./text-width.ts";
