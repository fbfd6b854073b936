/**
 * Asks a service of the operator: `POST` with `{"kind":"post","text":"…"}` to its address, answered with 200 and
 * `{"verdict":"accepted"}` or `{"verdict":"refused"}`. Every other answer says nothing of the text.
 */
import { z } from 'zod';
import type { Outbound } from '../outbound/port.ts';
import { CONTENT_CHECK_DEADLINE_MS, ContentCheckUnavailable, type ContentCheck } from './port.ts';

export type HttpContentCheckOptions = {
  readonly url: string;
  /** A bearer token, where the service asks for one. */
  readonly token?: string;
  readonly deadlineMs?: number;
};

const answerSchema = z.object({ verdict: z.enum(['accepted', 'refused']) });

export function httpContentCheck(
  outbound: Pick<Outbound, 'post'>,
  { url, token, deadlineMs = CONTENT_CHECK_DEADLINE_MS }: HttpContentCheckOptions,
): ContentCheck {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return {
    check: async (content) => {
      const answer = await outbound.post({ url, headers, body: JSON.stringify(content), deadlineMs });
      if (answer.outcome !== 'answered') throw new ContentCheckUnavailable(`The content check was not answered: ${answer.reason}.`);
      if (answer.status !== 200) throw new ContentCheckUnavailable(`The content check answered with ${answer.status}.`);
      const parsed = answerSchema.safeParse(parsedJson(answer.body.toString()));
      if (!parsed.success) throw new ContentCheckUnavailable('The content check gave no verdict.');
      return parsed.data.verdict;
    },
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
