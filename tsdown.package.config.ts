// The same build, which then fails if the package would not resolve for those who import it.
import { mergeConfig } from "tsdown";
import build from "./tsdown.config.ts";

export default mergeConfig(build, {
  publint: { level: "suggestion", strict: true },
  attw: { profile: "esm-only", level: "error" },
});
