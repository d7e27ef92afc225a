import type { AbortReason } from "../model/failure.ts";
import type { Fibre, FrameMark } from "./fibre.ts";

// A shield around a frame keeps from it that its fibre lost a race or ran out of time, before it was entered or while it is
// under way: what undoes something is done to its end. A run that is called off, parked or stopped gets through.

/** The fibre enters a shielded frame. */
export function raiseShield(fibre: Fibre, mark: FrameMark): void {
  mark.shields = fibre.cancelled;
  fibre.shielded++;
  if (isShieldable(fibre.cancelled)) fibre.cancelled = null;
}

/** The fibre has left it, and is told what was kept from it. */
export function lowerShield(fibre: Fibre, kept: AbortReason | null): void {
  fibre.shielded--;
  if (fibre.shielded === 0) fibre.cancelled ??= kept ?? fibre.kept;
}

/** Whether it is not told now that it is to stop, but when it has left its shields. */
export function isKeptFrom(fibre: Fibre, reason: AbortReason): boolean {
  if (fibre.shielded === 0 || !isShieldable(reason)) return false;
  fibre.kept ??= reason;
  return true;
}

function isShieldable(reason: AbortReason | null): boolean {
  return reason === "lost-race" || reason === "timeout";
}
