import type { ModelPort } from "../runtime/model-port.ts";
import type { FlujoOptions } from "./options.ts";

/** The way to models, loaded with the first call: a run without agents loads nothing of it. */
export function lazyModelPort({ env, models, providers }: FlujoOptions): ModelPort {
  let port: Promise<ModelPort> | null = null;
  const load = (): Promise<ModelPort> => {
    port ??= import("../agents/model-port.ts").then(({ createModelPort }) =>
      createModelPort({
        ...(env === undefined ? {} : { env }),
        ...(models === undefined ? {} : { models }),
        ...(providers === undefined ? {} : { providers }),
      }),
    );
    return port;
  };
  return {
    call: async (request) => (await load()).call(request),
    check: async (model) => (await load()).check(model),
  };
}
