/**
 * Everything new in one request, for a client that was away. What it costs follows from what has changed: of a thousand channels of which
 * ten have something new, ten are told.
 */
import { z } from 'zod';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { meet, merge } from '../../../ports/event-log/position.ts';
import type { ProjectorName } from '../../../projections/read-models/projectors.ts';
import { inboxId } from '../../../projections/read-models/chat/inbox.ts';
import { isUnknownTo } from '../../across-blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { mediaSchema, presentPicture } from '../../media/media-view.ts';
import { fillPage, limitParam } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { idField } from '../../response-fields.ts';
import { EXAMPLE_ROW, inboxChannelSchema, presentInbox, type InboxView } from '../chat/inbox.ts';
import { presentPrivacy, privacySchema } from '../preferences/privacy.ts';
import { preferencesSchema, presentPreferences } from '../settings.ts';
import { changedChannels, changedLists, changedPeople, ifChanged, type ChangedChannel, type ChangedPerson } from './changes.ts';
import { cursorToken, entryKey, parseCursor, type SyncCursor } from './sync-cursor.ts';

const ENTRIES_DEFAULT = 100;
const ENTRIES_MAX = 500;
const CURSOR_CHARACTERS_MAX = 2_048;

const READS = [
  'inbox',
  'channels',
  'messages',
  'profile',
  'friends',
  'preferences',
  'sync-marks',
  'centre',
  'relationships',
] as const satisfies readonly ProjectorName[];

const LISTS = ['friends', 'friend-requests', 'follows', 'mutes', 'blocks', 'contacts', 'devices', 'invitations', 'notifications'] as const;

const syncedPerson = z
  .object({
    id: idField('The id of the person.', EXAMPLE.bob),
    name: z
      .string()
      .nullable()
      .meta({ description: 'The name. null: the person was erased, or is unknown to you.', examples: ['Bob'] }),
    picture: mediaSchema.nullable().meta({ description: 'The picture of the person. null: there is none.' }),
    erased: z.boolean().meta({ description: 'Whether the account was deleted.' }),
  })
  .meta({ id: 'SyncedPerson' });

const syncSchema = z.object({
  channels: z.array(inboxChannelSchema).meta({ description: 'Your channels in which something is new, each as it is now, the last changed first.' }),
  left: z.array(z.string()).meta({ description: 'The ids of channels that you are no member of any more.' }),
  people: z.array(syncedPerson).meta({ description: 'Those who have changed of you, your friends, and the people of your direct channels.' }),
  preferences: preferencesSchema.nullable().meta({ description: 'Your preferences. null: they are as they were.' }),
  privacy: privacySchema.nullable().meta({ description: 'What others learn of you. null: it is as it was.' }),
  changed: z.array(z.enum(LISTS)).meta({ description: 'Lists of yours that have changed: fetch those that you keep, each at `/v1/me/…`.' }),
  cursor: z.string().meta({ description: 'Send it as `since` with the next request.', examples: [EXAMPLE.position] }),
  more: z.boolean().meta({ description: 'Whether there is more that is new: ask again at once, with the `cursor`.' }),
});

type SyncView = z.infer<typeof syncSchema>;
type PersonView = z.infer<typeof syncedPerson>;
type Entry = ChangedChannel | ChangedPerson;
type Shown =
  | { readonly kind: 'channel'; readonly view: InboxView }
  | { readonly kind: 'left'; readonly channel: string }
  | { readonly kind: 'person'; readonly view: PersonView };

export function syncRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { positions, positionOf } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/sync',
      operationId: 'sync',
      summary: 'Get everything new',
      description:
        'Returns what has changed of your channels, of the people in your lists, and of your settings, since the cursor that you send; without one, everything there is. A refusal `position-of-another-log` says that the log was restored from a backup: forget what you hold, and begin without a cursor. Something may be told twice, and nothing is left out.',
      tag: 'Sync',
      example: { channels: [EXAMPLE_ROW], left: [], people: [], preferences: null, privacy: null, changed: ['friends'], cursor: EXAMPLE.position, more: false },
      callers: ['person'],
      query: z.strictObject({
        since: z
          .string()
          .max(CURSOR_CHARACTERS_MAX)
          .optional()
          .meta({ description: 'The `cursor` of the previous answer.', examples: [EXAMPLE.position] }),
        limit: limitParam(ENTRIES_DEFAULT, ENTRIES_MAX),
      }),
      response: syncSchema.meta({ id: 'Sync' }),
      refusals: [],
      reads: READS,
      handle: async ({ caller: { person }, query: { since: token, limit }, headers }) => {
        const parsed = parseCursor(token, positions);
        if (parsed.outcome === 'refused') return { refusal: parsed.refusal };
        const { since, page } = parsed.cursor;
        // Before the queries: everything up to there is in what they find.
        const reached = page?.upTo ?? (await Promise.all(READS.map(positionOf))).reduce(meet);
        const upTo = merge(merge(since, reached), page === undefined ? headers['min-position'] : undefined);
        if (upTo === undefined) return refused('views-not-ready');
        return answer(dependencies, person, { since, page: { upTo, before: page?.before ?? BEFORE_ALL } }, { limit, isFirst: page === undefined });
      },
    }),
  ];
}

/** Sorts behind every entry. */
const BEFORE_ALL = '~';

type Page = { readonly limit: number; readonly isFirst: boolean };

async function answer(
  dependencies: ReadDependencies,
  person: PersonId,
  { since, page: { upTo, before } }: Required<SyncCursor>,
  { limit, isFirst }: Page,
): Promise<SyncView> {
  const { views, positions, pageBytesMax } = dependencies;
  const asked = { person, since, upTo };
  const [channels, people, settings] = await Promise.all([
    changedChannels(views, asked),
    changedPeople(views, asked),
    isFirst ? changedSettings(dependencies, asked) : UNCHANGED,
  ]);
  const entries = [...channels, ...people].filter((entry) => keyOf(entry) < before).toSorted(newestFirst);
  const { views: shown, last } = await fillPage<Entry, Shown>(entries, {
    limit,
    bytesMax: pageBytesMax,
    present: (some) => present(dependencies, person, some),
  });
  const next: SyncCursor = last === undefined ? { since: upTo } : { since, page: { upTo, before: keyOf(last) } };
  return {
    channels: shown.flatMap((one) => (one.kind === 'channel' ? [one.view] : [])),
    left: shown.flatMap((one) => (one.kind === 'left' ? [one.channel] : [])),
    people: shown.flatMap((one) => (one.kind === 'person' ? [one.view] : [])),
    ...settings,
    cursor: cursorToken(next, positions) ?? '',
    more: last !== undefined,
  };
}

const UNCHANGED = { preferences: null, privacy: null, changed: [] };

async function changedSettings({ views }: ReadDependencies, asked: Parameters<typeof changedLists>[1]): Promise<Pick<SyncView, keyof typeof UNCHANGED>> {
  const { person, since } = asked;
  const [preferences, privacy, lists] = await Promise.all([views.get('preferences', person), views.get('privacy', person), changedLists(views, asked)]);
  const isNew = since === undefined; // who has chosen nothing has no documents
  return {
    preferences: isNew || ifChanged(preferences, since) !== undefined ? presentPreferences(preferences) : null,
    privacy: isNew || ifChanged(privacy, since) !== undefined ? presentPrivacy(privacy) : null,
    changed: [...new Set(lists)],
  };
}

/** In order; undefined for a channel that the log says the person is no member of, where the views don't know it yet. */
async function present(dependencies: ReadDependencies, person: PersonId, entries: readonly Entry[]): Promise<readonly (Shown | undefined)[]> {
  const { views, logFacts } = dependencies;
  const channels = entries.filter((entry) => entry.kind === 'channel');
  const people = entries.filter((entry) => entry.kind === 'person');
  const [rows, heads, unknown] = await Promise.all([
    views.getMany(
      'inbox',
      channels.map(({ channel }) => inboxId(person, channel)),
    ),
    views.getMany(
      'channel-heads',
      channels.map(({ channel }) => channel),
    ),
    Promise.all(people.map(({ profile }) => isUnknownTo(logFacts, { reader: person, person: profile.person }))),
  ]);
  const shown = new Map<Entry, Shown>();
  const members = channels.flatMap((entry, i) => {
    const row = rows[i];
    if (row?.member === true) return [{ entry, row, head: heads[i] }];
    shown.set(entry, { kind: 'left', channel: entry.channel });
    return [];
  });
  const presented = await presentInbox(dependencies, person, members);
  for (const [i, { entry }] of members.entries()) {
    const view = presented[i];
    if (view !== undefined) shown.set(entry, { kind: 'channel', view });
  }
  for (const [i, entry] of people.entries()) {
    const { person: id, name, erased } = entry.profile;
    const hidden = unknown[i] === true;
    shown.set(entry, { kind: 'person', view: { id, name: hidden ? null : name, picture: hidden ? null : presentPicture(entry.profile), erased } });
  }
  return entries.map((entry) => shown.get(entry));
}

const newestFirst = (one: Entry, other: Entry): number => (keyOf(one) < keyOf(other) ? 1 : -1);

const keyOf = (entry: Entry): string => entryKey(entry.position, entry.kind, entry.kind === 'channel' ? entry.channel : entry.profile.person);
