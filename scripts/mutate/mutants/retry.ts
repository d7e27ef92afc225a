import type { Mutant } from "../mutant.ts";

export const RETRY: readonly Mutant[] = [
  {
    id: "retry-hides-the-feedback",
    file: "src/core/with-retry.ts",
    find: "delay, feedback: failure",
    replace: "delay, feedback: null",
    says: "an attempt is not told why the one before failed",
    prefixes: ["RETRY"],
  },
  {
    id: "retry-tries-once-more",
    file: "src/core/with-retry.ts",
    find: "which.number >= policy.maxAttempts",
    replace: "which.number > policy.maxAttempts",
    says: "there is one attempt too many",
    prefixes: ["RETRY"],
  },
  {
    id: "retry-tries-what-cannot-help",
    file: "src/core/with-retry.ts",
    find: "    } else if (!isRetryable(failure, retryOn)) return attempted;\n",
    replace: "    }\n",
    says: "a failure that is not retryable is tried again",
    prefixes: ["RETRY", "STEP"],
  },
  {
    id: "retry-does-not-wait",
    file: "src/core/with-retry.ts",
    find: "const delay = { ...decision.delay, fromMs",
    replace: "const delay = { ...NO_DELAY, fromMs",
    says: "there is no wait before another attempt",
    prefixes: ["RETRY"],
  },
  {
    id: "retry-waits-ever-longer",
    file: "src/resilience/decide-retry.ts",
    find: "Math.min(policy.firstDelayMs * policy.factor ** (attempt - 1), policy.maxDelayMs)",
    replace: "policy.firstDelayMs * policy.factor ** (attempt - 1)",
    says: "waits grow beyond their bound",
    prefixes: ["RETRY"],
  },
  {
    id: "retry-waits-ever-the-same",
    file: "src/resilience/decide-retry.ts",
    find: "policy.factor ** (attempt - 1)",
    replace: "policy.factor ** 0",
    says: "waits do not grow",
    prefixes: ["RETRY"],
  },
];
