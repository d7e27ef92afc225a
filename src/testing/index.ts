/** For tests of what you build on Flujo: contract suites for your own adapters (they need vitest), scripted models, a model server and a simulator. */
export type { NetworkAttempt, OfflineOptions } from "../base/network/closed-network.ts";
export { offline } from "../base/network/closed-network.ts";
export type { Fault, FaultStrike } from "./faults/fault.ts";
export type { Faults } from "./faults/faults.ts";
export { faults } from "./faults/faults.ts";
export { cacheBackendContract } from "./cache-backend-contract/cache-backend-contract.ts";
export type { CacheBackendFixture, CacheLack, OpenedCache } from "./cache-backend-contract/fixture.ts";
export type { JournalStoreFixture, StoreLack } from "./journal-store-contract/fixture.ts";
export { journalStoreContract } from "./journal-store-contract/journal-store-contract.ts";
export * from "./goldens.ts";
export { ManualClock } from "./manual-clock.ts";
export type { FlujoMatchers } from "./matchers/matchers.ts";
export { flujoMatchers } from "./matchers/matchers.ts";
export type { MatcherVerdict } from "./matchers/verdict.ts";
export { memoryState } from "./memory-state.ts";
export type { ChatMessage, ModelServerProtocol } from "./model-server/chat-request.ts";
export { startModelServer } from "./model-server/model-server.ts";
export type { ModelServer, ModelServerRequest, ModelServerScript } from "./model-server/model-server.ts";
export type { ModelServerReply } from "./model-server/send-reply.ts";
export { resumeForTest, runForTest } from "./run-for-test.ts";
export type { TestOptions, TestResumeOptions, TestRun, TestRunOptions } from "./test-run.ts";
export type { TracedStep } from "./traced-step.ts";
export { scriptedModel } from "./scripted-model.ts";
export type { ModelScript, ScriptedModel, ScriptedModelCall, ScriptedModelOptions, ScriptedTurn } from "./scripted-model.ts";
export type { ScriptedAnswer, ScriptedBreak, ScriptedCall, ScriptedFinish, ScriptedUsage } from "./scripted-reply.ts";
export { explore, HistoryError, simulate } from "./simulator/index.ts";
export type {
  AnyPlace,
  Crash,
  Crashes,
  CrashKind,
  Delivery,
  Draws,
  Exploration,
  ExploreOptions,
  History,
  OutsideRun,
  ProcessPart,
  ScriptedEvent,
  SeededSimulation,
  Sim,
  Simulated,
  SimulatedPlace,
  Simulation,
  StartedOperation,
} from "./simulator/index.ts";
export type { OpenedVectors, VectorLack, VectorStoreFixture } from "./vector-store-contract/fixture.ts";
export { vectorStoreContract } from "./vector-store-contract/vector-store-contract.ts";
