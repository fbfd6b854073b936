/**
 * The messages that a person wrote, channel by channel, in those that they are in and those that they have left. They are found in the
 * index by which unread messages are counted, which tells the sender of each message without the message: so no message costs an index
 * of senders in order, and a long history of others is passed without being read.
 */
import { isExpired } from '../../domain/chat/disappearing.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messageId, parseUnreadEntry, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { SectionViews } from './channel-sections.ts';
import { messageRow } from './said.ts';
import { ROWS_BYTES_MAX, ROWS_MAX, type Row, type RowsRead } from './rows.ts';

/** Index entries looked at together. */
const ENTRIES_MAX = 5_000;
/** Looks of one part; a part may well have no message in it. */
const LOOKS_MAX = 20;

/** Channels the person is in come first, those that they left last. `passed`: messages of the channel that were looked at. */
type Place = { readonly member: boolean; readonly row: string; readonly passed: number };

const placeOf = (text: string | undefined): Place => {
  const [member = 'true', row = '', passed = '0'] = text?.split(' ') ?? [];
  return { member: member === 'true', row, passed: Number(passed) };
};
const textOf = ({ member, row, passed }: Place): string => `${member} ${row} ${passed}`;

export async function readOwnMessages(
  views: SectionViews,
  { person, endsAt }: { readonly person: PersonId; readonly endsAt: Instant },
  from: string | undefined,
): Promise<RowsRead> {
  let place = placeOf(from);
  for (let look = 0; look < LOOKS_MAX; look++) {
    const [row] = await views.find('inbox', { where: { person, member: place.member }, range: rowsFrom(place), order: { _id: 1 }, limit: 1 });
    if (row === undefined) {
      if (!place.member) return { rows: [], next: null, leftOut: 0, percent: 100 };
      place = { member: false, row: '', passed: 0 };
      continue;
    }
    if (row._id !== place.row) place = { ...place, row: row._id, passed: 0 };
    const found = await lookIn(views, { person, channel: row.channel, passed: place.passed });
    const behind = (passed: number): Place => ({ ...place, passed });
    if (found.messages.length > 0) {
      const kept = found.messages.filter((message) => !isExpired(message, endsAt));
      const rows = kept.map((message): Row => ({ ...messageRow(message), after: textOf(behind(message.messageCount)) }));
      const next = found.isLast ? textOf(nextChannel(place)) : textOf(behind(found.passed));
      return { rows, next, leftOut: found.messages.length - kept.length, percent: place.member ? 50 : 90 };
    }
    place = found.isLast ? nextChannel(place) : behind(found.passed);
  }
  return { rows: [], next: textOf(place), leftOut: 0, percent: 50 };
}

/** Behind every message of it. */
const nextChannel = (place: Place): Place => ({ ...place, row: `${place.row}!`, passed: 0 });

/** The channel that is gone on with, or the next. */
const rowsFrom = ({ row }: Place) => ({ field: '_id', from: row });

type Looked = { readonly messages: readonly MessageDocument[]; /** As far as it was looked. */ readonly passed: number; readonly isLast: boolean };

async function lookIn(
  views: SectionViews,
  { person, channel, passed }: { readonly person: PersonId; readonly channel: ChannelId; readonly passed: number },
): Promise<Looked> {
  const range = { field: 'messageCount', after: passed };
  const entries = await views.pluck('messages', 'unread', { where: { channel }, range, order: { messageCount: 1, unread: 1 }, limit: ENTRIES_MAX });
  const own = entries.flatMap((entry) => {
    const message = parseUnreadEntry(entry);
    return message === undefined || message.withdrawn || message.sender !== person ? [] : [messageId(channel, message.seq)];
  });
  const wanted = own.slice(0, ROWS_MAX);
  const found = await views.getFirst('messages', wanted, ROWS_BYTES_MAX);
  const messages = found.flatMap((message) => message ?? []);
  const isWhole = found.length === own.length;
  const last = messages.at(-1);
  return {
    messages,
    passed: isWhole || last === undefined ? passed + entries.length : last.messageCount,
    isLast: isWhole && entries.length < ENTRIES_MAX,
  };
}
