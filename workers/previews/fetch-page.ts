/** Fetches a page that somebody linked to, and its picture, through the guard of outbound requests: so much, so long, and so many steps. */
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import { decodePage, readPage, type PageText } from './read-page.ts';

/** The head of a page is within these. */
export const PAGE_BYTES_MAX = 512 * 1_024;
export const IMAGE_BYTES_MAX = 5 * 1_024 * 1_024;
export const REDIRECTS_MAX = 3;
/** For the page with all redirects, and again for its picture. */
export const FETCH_DEADLINE_MS = 8 * SECOND_MS;

/** `image`: the bytes of its picture, as they came: whether they are a picture nobody has looked. */
export type Page = Omit<PageText, 'image'> & { readonly image?: Uint8Array };

type Fetching = Pick<Outbound, 'get'>;

/** Undefined where there is nothing to show, for whatever reason. */
export async function fetchPage(outbound: Fetching, url: string): Promise<Page | undefined> {
  const found = await fetchFollowing(outbound, url, { accept: 'text/html,application/xhtml+xml', bytesMax: PAGE_BYTES_MAX });
  const type = found?.headers['content-type'] ?? '';
  if (found === undefined || !/^(?:text\/html|application\/xhtml\+xml)\b/i.test(type.trim())) return undefined;
  const page = readPage(decodePage(found.body, type), found.url);
  if (page === undefined) return undefined;
  const { image: address, ...text } = page;
  const image = address === undefined ? undefined : await fetchFollowing(outbound, address, { accept: 'image/*', bytesMax: IMAGE_BYTES_MAX });
  return image === undefined || image.isCut || image.body.length === 0 ? text : { ...text, image: image.body };
}

/** An address that says http is asked by https: nothing goes over the network that others could read or change. */
export function secureAddress(address: string, from?: string): string | undefined {
  const url = URL.parse(address, from);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'http:') url.protocol = 'https:';
  url.hash = '';
  return url.href;
}

type Asked = { readonly accept: string; readonly bytesMax: number };

async function fetchFollowing(outbound: Fetching, address: string, { accept, bytesMax: responseBytesMax }: Asked) {
  const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
  let url = secureAddress(address);
  for (let redirects = 0; url !== undefined && redirects <= REDIRECTS_MAX; redirects++) {
    const answer = await outbound.get({ url, headers: { accept }, deadlineMs: FETCH_DEADLINE_MS, signal, responseBytesMax });
    if (answer.outcome !== 'answered') return undefined;
    if (answer.status === 200) return { ...answer, url };
    const { location } = answer.headers;
    url = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined ? secureAddress(location, url) : undefined;
  }
  return undefined;
}
