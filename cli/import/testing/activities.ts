/** Activities as they stand in the `outbox.json` of a Mastodon archive. All people and addresses are invented. */
import { zipOf, type ZipEntry } from './zip.ts';

export const ACTOR = 'https://harbour.example/users/ann';
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const FOLLOWERS = `${ACTOR}/followers`;
export const TO = {
  everybody: { to: [PUBLIC], cc: [FOLLOWERS] },
  unlisted: { to: [FOLLOWERS], cc: [PUBLIC] },
  followers: { to: [FOLLOWERS], cc: [] },
  onePerson: { to: ['https://elsewhere.example/users/eve'], cc: [] },
} as const;

export const statusId = (number: number): string => `${ACTOR}/statuses/${number}`;

/** A post; `note` has what is different from a plain one to everybody. */
export const create = (number: number, note: Readonly<Record<string, unknown>> = {}) => {
  const id = statusId(number);
  const published = new Date(Date.UTC(2023, 0, 1, 0, number)).toISOString().replace('.000', '');
  const object = { id, type: 'Note', summary: null, inReplyTo: null, published, sensitive: false, content: `<p>Post ${number}</p>`, attachment: [], tag: [] };
  return { id: `${id}/activity`, type: 'Create', actor: ACTOR, published, ...TO.everybody, object: { ...object, ...TO.everybody, ...note } };
};

export const announce = (number: number) => ({
  id: `${statusId(number)}/activity`,
  type: 'Announce',
  actor: ACTOR,
  published: '2023-01-01T00:00:00Z',
  ...TO.everybody,
  object: 'https://elsewhere.example/users/eve/statuses/7',
});

export const outboxOf = (items: readonly unknown[]) =>
  JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: 'outbox.json',
    type: 'OrderedCollection',
    totalItems: items.length,
    orderedItems: items,
  });

/** `files`: pictures by their paths. */
export const archiveOf = (items: readonly unknown[], files: readonly ZipEntry[] = []): Buffer =>
  zipOf([{ name: 'actor.json', content: JSON.stringify({ id: ACTOR, type: 'Person' }) }, { name: 'outbox.json', content: outboxOf(items) }, ...files]);
