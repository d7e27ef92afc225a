/** Whole ways to work, ready to be run: written in the public language, for you to use as they are or to take apart. */
export type {
  CheckedItem,
  DefaultRecipeOptions,
  DefaultResult,
  ItemVerdict,
  Reflecting,
  Solving,
  Validating,
} from "./default-recipe.ts";
export { defaultRecipe } from "./default-recipe.ts";
export type { Role, RoleOptions } from "./role.ts";
export type { DebateOptions, DebateResult, DebateSide, DebateTurn, Judgement, Judging, Statement } from "./debate.ts";
export { debate } from "./debate.ts";
export type {
  Executed,
  Executing,
  Finishing,
  PlanAndExecuteOptions,
  Planning,
  PlanProgress,
  PlanResult,
  TriedStep,
} from "./plan-and-execute.ts";
export { planAndExecute } from "./plan-and-execute.ts";
export type { FoundQuote } from "./find-quote.ts";
export { findQuote } from "./find-quote.ts";
export type { SplitOptions, TextPiece } from "./split-text.ts";
export { splitText } from "./split-text.ts";
export type { Citation, CitedText, Claim, QuotableText, UnfoundedClaim } from "./claims.ts";
export type { MergedClaim, NumberedClaim, Reducing } from "./map-reduce/condense.ts";
export type { DocumentPart, DocumentsInput, SourceText } from "./map-reduce/documents.ts";
export type { MapReduceOptions, MapReduceResult } from "./map-reduce/map-reduce.ts";
export { mapReduce } from "./map-reduce/map-reduce.ts";
export type { QuotedClaim } from "./map-reduce/read-part.ts";
export type { HashedNgramsOptions } from "./vectors/hashed-ngrams.ts";
export { hashedNgrams } from "./vectors/hashed-ngrams.ts";
export { memoryVectors } from "./vectors/memory-vectors.ts";
export type { SqliteVectors } from "./vectors/sqlite-vectors.ts";
export { sqliteVectors } from "./vectors/sqlite-vectors.ts";
export type { DocumentFacts, StoredChunk, StoredDocument, VectorHit, VectorSearch, VectorStore } from "./vectors/vector-store.ts";
export type { AnsweredClaim, AnswerFromFilesOptions, Answering, FileAnswer } from "./files/answer-from-files.ts";
export { answerFromFiles } from "./files/answer-from-files.ts";
export type { FilesOptions, IndexFilesOptions, IndexReport } from "./files/index-files.ts";
export { indexFiles } from "./files/index-files.ts";
export type { SkippedFile } from "./files/read-folder.ts";
export type { Passage, RetrievalOptions, RetrieveOptions } from "./files/retrieve.ts";
export { retrieve } from "./files/retrieve.ts";
