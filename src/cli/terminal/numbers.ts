import type { Cost } from "../../model/cost.ts";
import type { Usage } from "../../model/usage.ts";

const NANO_PER_USD = 1_000_000_000;

/** A count with its thousands apart: `4,210`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** So many of something: `1 item`, `4,210 items`. */
export function plural(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Tokens: `4,210 tok`. */
export function tokens(n: number): string {
  return `${count(n)} tok`;
}

/** Tokens in and out of some usage, as one figure; empty where there are none. */
export function tokensOf(usage: Usage): string {
  const sum = usage.inputTokens + usage.outputTokens;
  return sum === 0 ? "" : tokens(sum);
}

/** A cost for people: `$0.0041`, `about $0.0041`, `free`, `unknown price`. At least two digits of it are shown, however small it is. */
export function money(cost: Cost): string {
  switch (cost.kind) {
    case "free":
      return "free";
    case "unknown":
      return "unknown price";
    case "exact":
      return dollars(cost.nanoUsd);
    case "estimated":
      return `about ${dollars(cost.nanoUsd)}`;
  }
}

/** Cents and more with 2 digits, less with two significant ones: 12.50, 0.0041, 0.00000012. */
function dollars(nanoUsd: number): string {
  const usd = nanoUsd / NANO_PER_USD;
  if (nanoUsd === 0 || usd >= 1) return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const digits = Math.max(2, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(Math.min(digits, 9))}`;
}

/** A duration for people: `4 ms`, `0.4 s`, `1.9 s`, `42 s`, `3 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 100) return `${whole} ms`;
  if (whole < 9_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago: `just now`, `5 m ago`, `3 d ago`. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
