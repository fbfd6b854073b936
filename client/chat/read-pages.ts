/** Pages of a channel's history, and reading again what is there: while nobody was connected it may have been edited. */
import type { Api } from '../http/api.ts';
import { withNewer, type Elsewhere } from './elsewhere.ts';
import type { Message } from './messages.ts';

export type Page = { readonly messages: readonly Message[]; readonly older: number | null; readonly newer: number | null };
type Query = { readonly before?: number; readonly after?: number; readonly around?: number; readonly at?: string };
export type ReadPage = (query: Query) => Promise<Page | undefined>;

const PAGE = 50;
/** Beyond, what was loaded is let go, and read when somebody scrolls there. */
const READ_AGAIN_PAGES_MAX = 10;

export const pagesOf =
  (api: Api, channel: string): ReadPage =>
  async (query) =>
    (await api.read.GET('/v1/channels/{channel}/messages', { params: { path: { channel }, query: { ...query, limit: PAGE } } })).data;

/** The newest page, and those before it as far back as `firstSeq`. */
export async function readBackTo(readPage: ReadPage, page: Page, firstSeq: number): Promise<Page> {
  let all = page;
  for (let n = 0; n < READ_AGAIN_PAGES_MAX && all.older !== null && (all.messages[0]?.seq ?? -1) > firstSeq; n++) {
    const more = await readPage({ before: all.older });
    if (more === undefined) break;
    all = { ...all, messages: [...more.messages, ...all.messages], older: more.older };
  }
  return all;
}

/** The same part of the history, as it is now. */
export async function readElsewhereAgain(readPage: ReadPage, { messages, older }: Elsewhere): Promise<Elsewhere> {
  const [firstSeq, lastSeq] = [messages[0]?.seq ?? 0, messages.at(-1)?.seq ?? -1];
  const first = await readPage({ around: firstSeq });
  if (first === undefined) return { messages, older, newer: lastSeq };
  let again: Elsewhere = { messages: first.messages.filter(({ seq }) => seq >= firstSeq), older, newer: first.newer };
  for (let n = 0; n < READ_AGAIN_PAGES_MAX && again.newer !== null && again.newer < lastSeq; n++) {
    const more = await readPage({ after: again.newer });
    if (more === undefined) break;
    again = withNewer(again, more);
  }
  return again;
}
