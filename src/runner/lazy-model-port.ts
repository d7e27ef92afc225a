import type { ModelPort } from "../runtime/model-port.ts";
import type { FlujoOptions } from "./options.ts";

/** The way to models, loaded with the first call: a run without agents loads nothing of it. */
export function lazyModelPort({ env, models }: FlujoOptions): ModelPort {
  let port: Promise<ModelPort> | null = null;
  return {
    async call(request) {
      port ??= import("../agents/model-port.ts").then(({ createModelPort }) => createModelPort({ ...(env === undefined ? {} : { env }), ...(models === undefined ? {} : { models }) }));
      return (await port).call(request);
    },
  };
}
