/** Durable, typed AI-agent pipelines. The public face of the package. */
export type { ModelProtocol, ModelProvider, ModelServerOptions, ProviderOptions } from "./agents/provider-options.ts";
export type { ErrorCode, FlujoErrorOptions } from "./base/errors.ts";
export { ERRORS, FlujoError } from "./base/errors.ts";
export type { Json } from "./base/json.ts";
export type { Schema } from "./base/schema.ts";
export * from "./dsl/index.ts";
export type { MemoryCacheOptions } from "./journal/memory/memory-cache.ts";
export { memoryCache } from "./journal/memory/memory-cache.ts";
export type { SqliteCache } from "./journal/sqlite-cache.ts";
export { sqliteCache } from "./journal/sqlite-cache.ts";
export type { CommitRequest, ClaimRequest, EntryQuery, Eventually, JournalRow, JournalStore, RunLease, RunQuery } from "./journal/port.ts";
export type { CacheBackend, KeptOutcome } from "./model/cache-backend.ts";
export type { AgenticResult, Command, CommandLog, CommandOutcome, PlannerInput } from "./model/command.ts";
export type { Cost } from "./model/cost.ts";
export type { EmbeddingModel, EmbeddingRequest } from "./model/embedding-model.ts";
export type { Entry } from "./model/entry.ts";
export type {
  Complaint,
  Examination,
  ModelFacts,
  PackageFacts,
  ProgramFacts,
  ProviderFacts,
  Reach,
  StateFacts,
  StateFileFacts,
  ToolServerFacts,
} from "./model/examination.ts";
export type { Approval, ApprovalRequest } from "./model/approval.ts";
export type { Ending, EndingPolicy, Endings } from "./model/ending.ts";
export type { AbortReason, Failure } from "./model/failure.ts";
export type { FileOptions } from "./files/file.ts";
export { file } from "./files/file.ts";
export type { FileSource } from "./files/file-source.ts";
export type { FileParts } from "./model/flujo-file.ts";
export { FlujoFile } from "./model/flujo-file.ts";
export type { HistoryPolicy } from "./model/history-policy.ts";
export type { Letter, NewLetter } from "./model/letter.ts";
export type { ModelSettings, ProviderTool, ReasoningEffort, ToolChoice } from "./model/model-settings.ts";
export type { Effect, InDoubtPolicy, Plan, PlanNode, RetryPolicy, ToolErrorPolicy } from "./model/node.ts";
export type { MergeStrategy, Patch, ReducerName } from "./model/patch.ts";
export type { LiveOperation, LiveProgress, LiveToolInput } from "./model/live-progress.ts";
export { foldProgress, NO_PROGRESS } from "./model/live-progress.ts";
export type { EntryEvent, Progress, ProgressEvent, RunEvent } from "./model/run-event.ts";
export type { NewRun, Owner, RunRecord, RunRest, RunSource } from "./model/run-record.ts";
export type { Pause, RunCancelled, RunFailed, RunPaused, RunResult, RunStatus, RunStopped, RunSucceeded } from "./model/run-result.ts";
export type { OpenNode, RunSnapshot } from "./model/run-snapshot.ts";
export type { Completed, ToUndo } from "./model/completed.ts";
export type { Said } from "./model/said.ts";
export type { StepFailed, StepResult, StepSucceeded } from "./model/step-result.ts";
export type { ThreadExchange } from "./model/thread.ts";
export type { TranscriptItem } from "./model/transcript.ts";
export type { Usage } from "./model/usage.ts";
export type { ForRuns, PlanDifference } from "./plan/diff-plans.ts";
export { diffPlans } from "./plan/diff-plans.ts";
export type { EmbeddingModelOptions } from "./runner/embedding-model.ts";
export { embeddingModel } from "./runner/embedding-model.ts";
export { Flujo } from "./runner/flujo.ts";
export { planOf } from "./runner/plan-of.ts";
export type {
  FailureEvent,
  HookEvent,
  Hooks,
  ModelEndEvent,
  ModelEvent,
  ModelStartEvent,
  PauseEvent,
  RunEndEvent,
  RunStartEvent,
  StepEndEvent,
  StepEvent,
  StepStartEvent,
  ToolEndEvent,
  ToolEvent,
  ToolStartEvent,
} from "./runner/hooks.ts";
export type {
  Answer,
  Check,
  EventsOptions,
  Examine,
  FlujoOptions,
  OnCodeChange,
  ResumeOptions,
  RunOptions,
  RunOptionsOf,
  SignalReceipt,
} from "./runner/options.ts";
export type { ReadyBecause, WorkEvent, WorkOptions } from "./runner/work-options.ts";
export type { RunStream } from "./runner/run-stream.ts";
export type { ClassOf, CustomDeserializer, CustomSerializer, CustomType } from "./serialize/custom-types.ts";
export { registerCustomDeserializer, registerCustomSerializer, registerCustomType } from "./serialize/custom-types.ts";
export type { Clock } from "./base/clock.ts";
export { systemClock } from "./base/system.ts";
