/**
 * The pages, kept whole with each version: a tab that was opened before an update finds the parts that it loads later, and a new tab
 * is of the new version as soon as the server has it. A version goes when no tab of it is left, for only then does the next one take over.
 */

/** What the front puts in: every file of this version of the pages. */
declare const PAGES: { readonly version: string; readonly files: readonly string[] };

const PREFIX = 'tidings/pages/';
const OWN = PREFIX + PAGES.version;
const DOCUMENT = '/';
const SERVER_FAULT = 500;

export async function keepPages(): Promise<void> {
  const cache = await caches.open(OWN);
  await cache.addAll([new Request(DOCUMENT, { cache: 'no-cache' }), ...PAGES.files.map((file) => new Request(file))]);
}

export async function dropOlderPages(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== OWN) await caches.delete(name);
}

/** The address names the content, so any copy will do. */
export const answerFile = async (request: Request): Promise<Response> => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

/** The server's document wherever there is one: what is kept is for when there is none. */
export async function answerDocument(request: Request): Promise<Response> {
  const answer = await fetch(request).catch(() => undefined);
  if (answer !== undefined && answer.status < SERVER_FAULT) return answer;
  return (await (await caches.open(OWN)).match(DOCUMENT, { ignoreVary: true })) ?? answer ?? Response.error();
}
