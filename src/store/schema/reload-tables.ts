/** A time that a person asked every process to read its configuration anew. */
export interface ReloadTable {
  id: string
  /** By the clock of the database: epoch ms. */
  asked_at: number
}

/** What came of a reload in one process. */
export interface ReloadAnswerTable {
  reload: string
  /** Id of the process. */
  node: string
  /** What a person knows it by. */
  name: string
  answered_at: number
  /** JSON. */
  answer: string
}
