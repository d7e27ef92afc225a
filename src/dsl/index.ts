export type { AgentOptions, LanguageModelObject } from "./agent.ts";
export { agent } from "./agent.ts";
export type { PipelineOptions, PipelineOptionsWithInput } from "./build-pipeline.ts";
export { pipeline } from "./build-pipeline.ts";
export { context } from "./context.ts";
export type {
  Context,
  ContextDraft,
  ContextSource,
  ContextValue,
  ContributionTo,
  DeepReadonly,
  FieldsOf,
  PlainContext,
  Reduced,
  ReducedFields,
  ReducerFor,
  StartOf,
} from "./context-types.ts";
export type { ContextStartOf, Declares, Gathers, PlanTypeError, Runnable, Scope } from "./fits.ts";
export type { HttpServerOptions, McpServer, McpServerOptions, McpToolRules, StdioServerOptions } from "./mcp-server.ts";
export { mcpServer } from "./mcp-server.ts";
export type {
  Answered,
  BranchOptions,
  HumanOptions,
  ItemResult,
  JoinOptions,
  MapOptions,
  OpenPipeline,
  ParallelOptions,
  Pipeline,
} from "./pipeline.ts";
export type { AnyStep, InputOf, NamedStep, NeedsOf, OutputOf, Step } from "./program.ts";
export { definitionOf, isProgram } from "./program.ts";
export type { AttemptOptions, RetryOptions } from "./retry-options.ts";
export type { CheckedStepOptions, PlainStepOptions, StepOptions } from "./step.ts";
export { step } from "./step.ts";
export type { AsToolOptions } from "./as-tool.ts";
export { asTool } from "./as-tool.ts";
export type { Resources } from "./resources.ts";
export type { DecisionAbout, HumanAbout, StepContext, ToolContext } from "./step-context.ts";
export type { AnyTool, NeedsOfTools, Tool, ToolOptions, ToolRules } from "./tool.ts";
export { tool } from "./tool.ts";
