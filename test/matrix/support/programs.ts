import { z } from "zod";
import { agent, type FlujoOptions, tool } from "../../../src/index.ts";
import type { Provider, Scenario } from "../wire/answers.ts";
import { PROTOCOLS } from "../wire/protocols.ts";

/** What is asked in every scenario. The answers do not depend on it. */
export const INPUT = "Where are my orders A-17 and B-4?";

/** Called with every look-up that begins; the look-up waits for what it gives. */
export type LookUpListener = (lookUp: { readonly runId: string; readonly order: string }) => void | Promise<void>;

let listener: LookUpListener = () => {};

/** Who hears of look-ups from now on: what is done to the world is counted outside of what is tested. */
export function onLookUp(next: LookUpListener): void {
  listener = next;
}

const ORDERS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  "A-17": { state: "shipped", parcel: "P-88" },
  "B-4": { state: "packed", desk: 6 },
};

const lookUpOrder = tool({
  name: "lookUpOrder",
  description: "Finds an order by its number.",
  input: z.object({ order: z.string() }),
  run: async ({ order }, { runId }) => {
    await listener({ runId, order });
    return ORDERS[order] ?? { state: "unknown" };
  },
});

const stay = z.object({ city: z.string(), nights: z.number() });

function about(provider: Provider) {
  return {
    name: "desk",
    model: `${provider}:${PROTOCOLS[provider].model}`,
    instructions: "You are the help desk. Answer in one sentence.",
    input: z.string(),
    retry: { retries: 2, firstDelayMs: 1 },
  } as const;
}

/** The servers stand where no price list is known: what their tokens cost is said. A compatible server's tokens have no price. */
export function pricesOf(provider: Provider): Pick<FlujoOptions, "providers"> {
  return provider === "openai-compatible" ? {} : { providers: { [provider]: { prices: provider } } };
}

/** The agent of a scenario; the same for all providers but for the model. `stream: false` asks for answers in one piece. */
export function programOf(provider: Provider, scenario: Scenario, settings: { readonly stream?: boolean } = {}) {
  switch (scenario) {
    case "text":
    case "stream":
      return agent({ ...about(provider), settings });
    case "structured":
      return agent({ ...about(provider), settings, output: stay });
    case "tools":
    case "parallel":
      return agent({ ...about(provider), settings, tools: [lookUpOrder] });
    case "reasoning":
      return agent({ ...about(provider), settings: { ...settings, reasoning: "medium" }, tools: [lookUpOrder] });
  }
}
