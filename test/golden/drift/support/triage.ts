import type { Golden, GoldenOperation, GoldenResponse } from "../../../../src/golden/golden.ts";
import type { Failure } from "../../../../src/model/failure.ts";
import type { Patch } from "../../../../src/model/patch.ts";
import type { InstancePath } from "../../../../src/model/path.ts";
import type { Usage } from "../../../../src/model/usage.ts";
import { NO_USAGE, ONE_TOOL_CALL, addUsage } from "../../../../src/model/usage.ts";
import { agent, decision, golden, nodePath, operation, succeeded } from "./build.ts";

/** What somebody did to the pipeline since the golden was recorded. */
export interface Patched {
  readonly instructions?: string;
  /** The tool's schema rounds what it is given to whole dollars. */
  readonly roundsRefund?: boolean;
  /** The signature comes before the greeting. */
  readonly signsFirst?: boolean;
  /** The step that finds the order does not note it in the context. */
  readonly forgetsOrder?: boolean;
  /** A second agent looks at the draft, and changes nothing. */
  readonly hasReview?: boolean;
  /** Whether that call was recorded. */
  readonly isAnswered?: boolean;
  /** The refund needs nobody's approval. */
  readonly needsNobody?: boolean;
}

const INSTRUCTIONS =
  "Classify this support ticket. Billing is everything about money. A bug is something that does not work. " +
  "Everything else is other. If you are not sure, say other.";

const TICKET = "Order 4711 was charged twice. Please send the money back. Ada";

const CALL: Usage = { ...NO_USAGE, inputTokens: 120, outputTokens: 20, modelCalls: 1 };

/** Runs the functions of a support desk on one ticket, as far as it gets, and notes all as a golden. */
export function triage(patched: Patched = {}): Golden {
  const desk = new Desk(patched);
  const ended = desk.run();
  const { operations, usage, context } = desk;
  return golden({
    pipeline: "triage",
    input: TICKET,
    agents: {
      [nodePath("triage/classify")]: agent({ instructions: patched.instructions ?? INSTRUCTIONS, outputSchema: { type: "string" } }),
      [nodePath("triage/area/billing/refund")]: agent({ instructions: "Refund what was charged too much." }),
      ...(patched.hasReview === true ? { [nodePath("triage/review")]: agent({ instructions: "Mend the spelling." }) } : {}),
    },
    operations,
    usage,
    result:
      "failure" in ended
        ? { status: "failed", failure: ended.failure, context }
        : { status: "succeeded", output: ended.output, context, continued: false },
  });
}

class Desk {
  readonly operations: GoldenOperation[] = [];
  readonly context: Record<string, unknown> = {};
  readonly #patched: Patched;
  usage = NO_USAGE;

  constructor(patched: Patched) {
    this.#patched = patched;
  }

  run(): { readonly output: unknown } | { readonly failure: Failure } {
    const ticket = this.#step("triage/read", TICKET, { text: TICKET, order: "4711" });
    const area = this.#model("triage/classify/turn[0]", { prompt: TICKET, text: "billing" });
    this.operations.push(decision("triage/area/?key", { ticket, area }, area));
    this.#findOrder(ticket);
    const done = this.#refund();
    const greeted = this.#letter(done);
    if (this.#patched.hasReview === true && this.#review(greeted) === null) {
      const path = "triage/review/turn[0]" as InstancePath;
      return { failure: { code: "step_failed", message: "The golden has no answer to this model call.", path, retryable: false } };
    }
    const sent = `${greeted} (${this.context["order"] === undefined ? "no order" : "order 4711"})`;
    return { output: this.#step("triage/send", greeted, sent) };
  }

  #findOrder(ticket: unknown): void {
    const path = "triage/area/billing/order";
    const writes: readonly Patch[] =
      this.#patched.forgetsOrder === true ? [] : [{ op: "set", path: ["order"], value: { number: "4711", paid: 2 } }];
    if (writes.length > 0) this.context["order"] = { number: "4711", paid: 2 };
    this.#step(path, ticket, { number: "4711", cents: 1250 }, writes);
  }

  #refund(): string {
    const path = "triage/area/billing/refund";
    const { roundsRefund = false, needsNobody = false } = this.#patched;
    this.#model(`${path}/turn[0]`, { prompt: '{"number":"4711","cents":1250}', calls: [{ name: "payBack", input: { cents: 1250 } }] });
    const tool = `${path}/turn[0]/tool[0]`;
    const input = { order: "4711", cents: roundsRefund ? 1300 : 1250 };
    if (!needsNobody) {
      this.operations.push(decision(`${tool}/?arguments`, { tool: "payBack", input: { order: "4711", cents: 1250 } }, input));
      const show = { agent: "refund", tool: "payBack", description: "Sends money.", input };
      const request = { show, answerSchema: { type: "object" } };
      const response = succeeded({ decision: "approve" });
      this.operations.push(operation("human", `${tool}/approval`, { name: "payBack", waitsFor: "approval", request, response }));
    }
    const response: GoldenResponse = { ...succeeded("paid back"), usage: ONE_TOOL_CALL };
    this.operations.push(operation("tool", tool, { name: "payBack", request: { tool: "payBack", input }, response }));
    this.usage = addUsage(this.usage, ONE_TOOL_CALL);
    return this.#model(`${path}/turn[1]`, { after: `${path}/turn[0]`, text: "We have sent back what was charged twice." });
  }

  #letter(text: string): string {
    const greet = (input: string): string => this.#step("triage/greet", input, `Dear Ada, ${input}`);
    const sign = (input: string): string => this.#step("triage/sign", input, `${input} Yours, the desk`);
    return this.#patched.signsFirst === true ? greet(sign(text)) : sign(greet(text));
  }

  #review(text: string): string | null {
    if (this.#patched.isAnswered === true) return this.#model("triage/review/turn[0]", { prompt: text, text });
    const path = "triage/review/turn[0]";
    const failure: Failure = {
      code: "step_failed",
      message: "The golden has no answer to this model call.",
      path: path as InstancePath,
      retryable: false,
    };
    const request = { added: [{ role: "user", text }] };
    this.operations.push(operation("model", path, { request, response: { status: "failed", failure } }));
    return null;
  }

  #step<Output>(path: string, input: unknown, output: Output, writes: readonly Patch[] = []): Output {
    this.operations.push(operation("step", path, { request: { input }, response: succeeded(output, writes) }));
    return output;
  }

  #model(path: string, said: { prompt?: string; after?: string; text?: string; calls?: readonly unknown[] }): string {
    const { prompt, after, text = "", calls = [] } = said;
    const request = after === undefined ? { added: [{ role: "user", text: prompt }] } : { after, added: [] };
    const response: GoldenResponse = { ...succeeded({ text, toolCalls: calls, output: { ok: true, value: text } }), usage: CALL };
    this.operations.push(operation("model", path, { request, response }));
    this.usage = addUsage(this.usage, CALL);
    return text;
  }
}
