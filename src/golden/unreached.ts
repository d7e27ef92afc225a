import type { ErrorCode } from "../base/errors.ts";

/**
 * Failures of calls that did not get as far as an answer: for want of a key, a package, a network, or a server that is up.
 * They say something about the machine and the day, and nothing about a pipeline.
 */
export const UNREACHED: ReadonlySet<ErrorCode> = new Set([
  "api_key_missing",
  "api_key_refused",
  "quota_exceeded",
  "rate_limited",
  "region_unsupported",
  "model_call_failed",
  "model_unknown",
  "package_missing",
  "offline",
  "stream_broken",
  "tool_server_failed",
]);
