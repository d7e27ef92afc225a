export type { Join } from "../model/node.ts";
export type { ResourceAbout } from "../plan/definition.ts";
export type { AgentOptions, LanguageModelObject } from "./agent.ts";
export { agent } from "./agent.ts";
export type { BackgroundOptions, Spawned } from "./background.ts";
export { background } from "./background.ts";
export type { CachedStep, CacheKey, CacheOptions, CacheReads } from "./cached.ts";
export { cached } from "./cached.ts";
export type { PipelineOptions, PipelineOptionsWithInput } from "./build-pipeline.ts";
export { pipeline } from "./build-pipeline.ts";
export { context } from "./context.ts";
export type {
  Context,
  ContextChanges,
  ContextDraft,
  ContextSource,
  ContextValue,
  ContributionTo,
  DeepReadonly,
  FieldsOf,
  PlainContext,
  OwnReducer,
  Reduced,
  ReducedFields,
  ReducerFor,
  ReducerOf,
  StartOf,
  Takes,
} from "./context-types.ts";
export type { ReducerOptions } from "./reducer.ts";
export { reducer } from "./reducer.ts";
export type {
  ContextMapping,
  ContextNeeded,
  ContextStartOf,
  AcceptNeeded,
  Declares,
  Gathers,
  NextNeeded,
  PlanTypeError,
  Runnable,
  Scope,
} from "./fits.ts";
export type { BuilderOf, CustomKind, KindOptions } from "./define-kind.ts";
export { defineKind } from "./define-kind.ts";
export type { Gathered, GatherOptions, GatherPicks } from "./gather.ts";
export type { GateOptions } from "./gate.ts";
export { gate } from "./gate.ts";
export type { HttpServerOptions, McpServer, McpServerOptions, McpToolRules, StdioServerOptions } from "./mcp-server.ts";
export { mcpServer } from "./mcp-server.ts";
export type { Duration, Moment } from "./duration.ts";
export type { OpenPipeline, PassingPipeline } from "./open-pipeline.ts";
export type {
  Answered,
  BranchOptions,
  FirstOf,
  HumanOptions,
  ItemResult,
  JoinOptions,
  LoopOptions,
  MapOptions,
  ParallelOptions,
  Signalled,
  TapOptions,
  WaitLimitOptions,
  WaitOptions,
} from "./pipeline-options.ts";
export type { Pipeline, PlaceOptions } from "./pipeline.ts";
export type { Plugin, PluginAbout, PluginFunction, PluginLike, PluginOutcome } from "./plugin.ts";
export { plugin } from "./plugin.ts";
export type { OutputProcessor, PromptParts, PromptProcessor } from "./processors.ts";
export type { Check, OutputOr, PolicyOptions, Validate, Validator, Verdict } from "./policy-options.ts";
export type { AnyStep, InputOf, NamedStep, NeedsOf, OutputOf, Step } from "./program.ts";
export { definitionOf, isProgram } from "./program.ts";
export type {
  BestOptions,
  Judge,
  Judged,
  MajorityOptions,
  Reduce,
  ReduceAbout,
  ReducedBy,
  ReduceOptions,
  Reducer,
  ReducerKind,
  Reducers,
  ResultsOf,
} from "./reducers.ts";
export { reducers } from "./reducers.ts";
export type { Critiqued, Refined, RefinedAs, RefineAbout, RefineOptions } from "./refine.ts";
export { refine } from "./refine.ts";
export type { OpenedOf, Resource, ResourceOptions, ResourcesByName } from "./resource.ts";
export { resource } from "./resource.ts";
export type { AttemptOptions, ErrorClass, RetryAbout, RetryOptions } from "./retry-options.ts";
export type { AgenticLoopOptions, LoopAgent } from "./agentic-loop.ts";
export { agenticLoop } from "./agentic-loop.ts";
export type { CommandSchemaOptions } from "./command-schema.ts";
export { commandSchema } from "./command-schema.ts";
export type { FailureRule, MachineAbout, MachineOptions, MachineOutput, SuccessRule } from "./machine.ts";
export { machine } from "./machine.ts";
export type { RouteOptions, RouteOutput, Routes } from "./route.ts";
export type { BestState, FoundState, ProposedAbout, Proposing, RejectedState, SearchAbout, SearchOptions, SearchResult } from "./search.ts";
export { search } from "./search.ts";
export type { SagaOptions } from "./saga.ts";
export { saga } from "./saga.ts";
export type { CheckedStepOptions, PlainStepOptions, StepOptions } from "./step.ts";
export { step } from "./step.ts";
export type { AsToolOptions } from "./as-tool.ts";
export { asTool } from "./as-tool.ts";
export type { Resources } from "./resources.ts";
export type {
  DecisionAbout,
  HumanAbout,
  LimitedStepContext,
  LoopAbout,
  PolicyAbout,
  SleepAbout,
  StepContext,
  ToolContext,
} from "./step-context.ts";
export type { AnyTool, NeedsOfTools, Tool, ToolOptions, ToolRules } from "./tool.ts";
export { tool } from "./tool.ts";
export type { PolicyStep } from "./with-policy.ts";
export { withPolicy } from "./with-policy.ts";
