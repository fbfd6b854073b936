/** An answer or state that a test's client did not expect; retries don't catch it. */
export class UnexpectedResult extends Error {
  override readonly name = 'UnexpectedResult';
}
