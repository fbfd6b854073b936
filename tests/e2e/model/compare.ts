/** Returns a fault, as a sentence, if an answer of the system differs from the model's. */
export function compare(subject: string, found: unknown, expected: unknown): readonly string[] {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  return one === other ? [] : [`${subject}: found ${one.slice(0, 1_500)}, expected ${other.slice(0, 1_500)}`];
}

/** An odd page size, so that pages end in the middle of groups. */
export const MODEL_PAGE_LIMIT = 7;
