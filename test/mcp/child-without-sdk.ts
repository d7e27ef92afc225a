import { registerHooks } from "node:module";

// Loaded before a program, as if the optional package were not installed.
registerHooks({
  resolve: (specifier, context, next) => {
    if (!specifier.startsWith("@modelcontextprotocol/sdk")) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '@modelcontextprotocol/sdk' imported from ${context.parentURL}`), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  },
});
