/** What the clients of a test expect of the installation; an expectation that isn't met is thrown with what was seen instead. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiResponse } from './call-api.ts';
import { UnexpectedResult } from './unexpected-result.ts';

const POLL_INTERVAL_MS = 50;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws unless the response has one of these statuses. */
export function expectStatus(statuses: readonly number[], response: ApiResponse): ApiResponse {
  if (!statuses.includes(response.status))
    throw new UnexpectedResult(`answered ${response.status} instead of ${statuses.join(' or ')}: ${JSON.stringify(response.body)}`);
  return response;
}

export function expectThat(isTrue: boolean, expectation: string, seen: unknown): void {
  if (!isTrue) throw new UnexpectedResult(`expected that ${expectation}; saw ${JSON.stringify(seen)}`);
}

export async function pollUntil(condition: string, isTrue: () => Promise<boolean> | boolean, timeoutMs: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > giveUpAt) throw new UnexpectedResult(`not within ${timeoutMs} ms: ${condition}`);
    await sleep(POLL_INTERVAL_MS);
  }
}

/** A list in a response's body; empty if there is none. */
export const listOf = ({ body }: ApiResponse, name: string): readonly JsonObject[] => (body[name] ?? []) as readonly JsonObject[];
