/** Who is logged in in this browser, where pages and the service worker can both read it: neither sees the cookie. */

/** What a subscription to pushes was made for, where the person has one here. */
export type PushRecord = { readonly device: string; readonly key: string };
export type PersonRecord = { readonly person: string; readonly push?: PushRecord };

const CACHE = 'tidings/person';
const PLACE = '/person-of-this-browser';
const READ_PREFIX = 'tidings/read/';

export const readCacheOf = (person: string): string => READ_PREFIX + person;

/** Undefined: nobody, or the browser keeps nothing here, as on plain HTTP. */
export async function personHere(): Promise<PersonRecord | undefined> {
  if (!('caches' in globalThis)) return undefined;
  const found = await caches.match(PLACE, { cacheName: CACHE });
  return found === undefined ? undefined : ((await found.json()) as PersonRecord);
}

/** Of anybody else nothing is left then, and no push of theirs is shown. */
export async function rememberPerson(person: string): Promise<void> {
  if (!('caches' in globalThis)) return;
  const known = await personHere();
  if (known?.person !== person) {
    if (known !== undefined) await forgetPerson(known.person);
    await keepRecord({ person });
  }
  for (const name of await caches.keys()) if (name.startsWith(READ_PREFIX) && name !== readCacheOf(person)) await caches.delete(name);
}

/** `push`: undefined where the person has turned pushes off. Nothing is kept of somebody who has left. */
export async function rememberPush(person: string, push: PushRecord | undefined): Promise<void> {
  if ((await personHere())?.person === person) await keepRecord({ person, ...(push === undefined ? {} : { push }) });
}

/** With all that was read, and the subscription to pushes. Whoever has logged in since stays. */
export async function forgetPerson(person: string): Promise<void> {
  if (!('caches' in globalThis)) return;
  const known = await personHere();
  if (known?.person === person) {
    await caches.delete(CACHE);
    if (known.push !== undefined) await unsubscribe();
  }
  await caches.delete(readCacheOf(person));
}

const keepRecord = async (record: PersonRecord): Promise<void> => (await caches.open(CACHE)).put(PLACE, Response.json(record));

/** The push service takes nothing for it from then on, whatever the server knows yet. */
async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
