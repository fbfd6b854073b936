/** What an export of a person has: everything that they told of themselves, chose, wrote and were told. What others wrote is theirs. */
import type { Commands } from '../../commands/commands.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { documentsOf, oneRead, plainRow, withoutOurs } from './documents.ts';
import { readOwnMessages } from './own-messages.ts';
import { postRow, profileRow } from './said.ts';
import { ROWS_BYTES_MAX, ROWS_MAX, type RowsRead, type Section } from './rows.ts';
import type { SectionViews } from './channel-sections.ts';

/** Their words may be long. */
const NOTIFICATIONS_MAX = 100;

type Dependencies = { readonly views: SectionViews; readonly commands: Pick<Commands, 'listSessions'> };

export function personSections(
  { views, commands }: Dependencies,
  { person, now, endsAt }: { readonly person: PersonId; readonly now: Instant; readonly endsAt: Instant },
): readonly Section[] {
  return [
    { name: 'profile', title: 'Profile', read: () => readProfile(views, person) },
    oneRead({ name: 'contacts', title: 'Addresses and devices' }, () => contactsOf(views, person)),
    oneRead({ name: 'sessions', title: 'Sessions' }, async () => (await commands.listSessions({ person }, now)).map(({ session: _secret, ...told }) => told)),
    oneRead({ name: 'preferences', title: 'Preferences' }, async () => [await views.get('preferences', person)].flatMap((found) => found ?? [])),
    oneRead({ name: 'privacy', title: 'Privacy' }, async () => [await views.get('privacy', person)].flatMap((found) => found ?? [])),
    documentsOf(views, { name: 'friends', title: 'Friends', collection: 'friends', where: { person }, by: 'friend' }),
    documentsOf(views, { name: 'requests-sent', title: 'Friend requests that you sent', collection: 'friend-requests', where: { from: person }, by: '_id' }),
    documentsOf(views, { name: 'requests-received', title: 'Friend requests to you', collection: 'friend-requests', where: { to: person }, by: '_id' }),
    documentsOf(views, { name: 'follows', title: 'People you follow', collection: 'relationships', where: { from: person, kind: 'follow' }, by: 'to' }),
    documentsOf(views, { name: 'mutes', title: 'People you mute', collection: 'relationships', where: { from: person, kind: 'mute' }, by: 'to' }),
    documentsOf(views, { name: 'blocks', title: 'People you block', collection: 'relationships', where: { from: person, kind: 'block' }, by: 'to' }),
    documentsOf(views, { name: 'likes', title: 'Posts you like', collection: 'likes', where: { person }, by: 'post' }),
    documentsOf(views, { name: 'reactions', title: 'Posts you reacted to otherwise', collection: 'post-reactions', where: { person }, by: 'post' }),
    documentsOf(views, { name: 'bookmarks', title: 'Posts you bookmarked', collection: 'bookmarks', where: { person }, by: 'post' }),
    documentsOf(views, { name: 'pinned-posts', title: 'Posts you pinned', collection: 'pinned-posts', where: { person }, by: 'person' }),
    { name: 'posts', title: 'Posts', counts: 'posts', read: (from) => readPosts(views, person, from) },
    documentsOf(views, { name: 'former-texts', title: 'Former texts of posts', collection: 'post-versions', where: { author: person }, by: '_id' }),
    documentsOf(views, { name: 'scheduled-posts', title: 'Scheduled posts', collection: 'scheduled-posts', where: { author: person }, by: 'place' }),
    documentsOf(views, { name: 'invitations', title: 'Invitations to groups', collection: 'invitations', where: { person }, by: '_id' }),
    documentsOf(views, { name: 'join-requests', title: 'Groups that you ask to join', collection: 'join-requests', where: { person }, by: '_id' }),
    documentsOf(views, { name: 'channels', title: 'Channels', collection: 'inbox', where: { person, member: true }, by: '_id' }),
    { name: 'messages', title: 'Messages that you wrote', counts: 'messages', read: (from) => readOwnMessages(views, { person, endsAt }, from) },
    documentsOf(views, { name: 'scheduled-messages', title: 'Scheduled messages', collection: 'scheduled-messages', where: { sender: person }, by: 'place' }),
    notificationsOf(views, { name: 'notifications', title: 'Notifications', person, archived: false }),
    notificationsOf(views, { name: 'archived-notifications', title: 'Archived notifications', person, archived: true }),
    documentsOf(views, { name: 'reports', title: 'What you reported', collection: 'reports', where: { by: person }, by: '_id' }),
    oneRead({ name: 'standing', title: 'What moderators decided' }, async () => {
      const found = await views.get('standings', person);
      if (found === undefined) return [];
      const { by: _moderator, ...told } = found;
      return [told];
    }),
  ];
}

async function readProfile(views: SectionViews, person: PersonId): Promise<RowsRead> {
  const found = await views.get('profiles', person);
  return { rows: found === undefined ? [] : [profileRow(found)], next: null, leftOut: 0, percent: 100 };
}

/** Without the tokens that notifications are sent to: who has one can have them sent elsewhere. */
async function contactsOf(views: SectionViews, person: PersonId): Promise<readonly object[]> {
  const found = await views.get('contacts', person);
  if (found === undefined) return [];
  return [{ contacts: found.contacts, unconfirmed: found.unconfirmed, devices: found.devices.map(({ token: _secret, endpoint: _ours, ...told }) => told) }];
}

async function readPosts(views: SectionViews, author: PersonId, from: string | undefined): Promise<RowsRead> {
  const range = { field: '_id', after: from ?? '' };
  const { documents, more } = await views.findPage('posts', { where: { author }, range, order: { _id: 1 }, limit: ROWS_MAX, bytesMax: ROWS_BYTES_MAX });
  const rows = documents.map(postRow);
  return { rows, next: more ? (rows.at(-1)?.after ?? null) : null, leftOut: 0, percent: more ? 50 : 100 };
}

type OfCentre = { readonly name: string; readonly title: string; readonly person: PersonId; readonly archived: boolean };

/** With the words of apps; what our own products told is told anew whenever it is shown, and what it was about is told here. */
const notificationsOf = (views: SectionViews, { name, title, person, archived }: OfCentre): Section => ({
  name,
  title,
  read: async (from) => {
    const where = { person, archived };
    const range = { field: 'order', after: from ?? '' };
    const { documents, more } = await views.findPage('centre-items', { where, range, order: { order: 1 }, limit: NOTIFICATIONS_MAX, bytesMax: ROWS_BYTES_MAX });
    const told = await views.getMany(
      'notifications',
      documents.map(({ notification }) => notification),
    );
    const rows = documents.map((item, i) => plainRow(withoutOurs({ ...item, source: told[i]?.source ?? null, content: told[i]?.content ?? null }), item.order));
    return { rows, next: more ? (rows.at(-1)?.after ?? null) : null, leftOut: 0, percent: more ? 50 : 100 };
  },
});
