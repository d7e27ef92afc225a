/** What one process of the crash demo is told to do. */
export interface ChildOrder {
  readonly runId: string;
  /** Go on with the run instead of beginning it. */
  readonly isResume: boolean;
  readonly model: string;
  /** Kill yourself as soon as so many entries are safely written; null: live to the end. */
  readonly killAfter: number | null;
  /** The file that counts questions to the model. */
  readonly models: string;
}
