/**
 * What becomes of messages whose time has come. Nobody reads them from that moment on; these sweeps see that nothing is left of their words
 * either. One tells of them in the log, by which the views give up what they keep; the other destroys the keys of days that are over, so
 * that the log's own copies can't be opened any more. Wherever they are cut off, what isn't done is found again.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { DISAPPEARED_MAX, isExpired, type Disappeared } from '../../domain/chat/disappearing.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { dayOf, HOUR_MS, MINUTE_MS, plus, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import type { DocumentPage } from '../../ports/views/port.ts';
import type { DisappearingDocument } from '../../projections/read-models/chat/disappearing.ts';
import { messageId, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { WorkerViews } from '../dependencies.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';
import { steadyClock } from '../jobs/steady-clock.ts';

const TOLD_EVERY_MS = 20 * SECOND_MS;
/** Windows, and quotes. */
const TOLD_AT_ONCE_MAX = 200;
const PAGE_BYTES_MAX = 1_024 * 1_024;
/** A sweep leaves to its next time what is more than so many times as much. */
const PAGES_MAX = 20;
/** The next page is what the views have after this one: they have to know what was told. */
const VIEW_DEADLINE_MS = 10_000;

const KEYS_EVERY_MS = 10 * MINUTE_MS;
/** Clocks of processes may differ by less than this: none seals for a day whose key another has destroyed. */
export const DAY_KEY_GRACE_MS = HOUR_MS;

type Clocks = { readonly clock: () => Instant; readonly monotonicMs: () => number };
type TellingDependencies = Clocks & {
  readonly views: Pick<TidingsViews, 'find' | 'findPage'>;
  readonly waitForViews: WorkerViews['waitForViews'];
  readonly commands: Pick<Commands, 'tellDisappeared'>;
  readonly contextFor: ContextFor;
};

/** Answers 0: what it finds was neither lost nor late. */
export function tellDisappeared(dependencies: TellingDependencies): Sweep {
  const steadyNow = steadyClock(dependencies);
  return {
    name: 'disappeared-messages',
    everyMs: TOLD_EVERY_MS,
    sweep: async () => {
      const now = steadyNow();
      for (let page = 0; now !== undefined && page < PAGES_MAX; page++) if (!(await tellPage(dependencies, now))) break;
      return 0;
    },
  };
}

/** Whether there may be more. What it finds again, for the views know too late that it was told, is told again, and changes nothing. */
async function tellPage(dependencies: TellingDependencies, now: Instant): Promise<boolean> {
  const { views, waitForViews } = dependencies;
  const due = { range: { field: 'dueAt', until: now }, order: { dueAt: 1 }, limit: TOLD_AT_ONCE_MAX } as const;
  const [windows, quotes] = await Promise.all([views.find('disappearing', due), views.find('disappearing-quotes', due)]);
  const positions: Position[] = [];
  await withEach(windows, async (window) => void positions.push(...(await tellWindow(dependencies, window, now))));
  await withEach([...Map.groupBy(quotes, ({ channel }) => channel)], async ([channel, ofChannel]) => {
    positions.push(...(await tell(dependencies, channel, { messages: [], quotes: ofChannel.map(({ message }) => message) }, now)));
  });
  const position = positions.reduce<Position | undefined>((all, one) => merge(all, one), undefined);
  if (position === undefined || Math.max(windows.length, quotes.length) < TOLD_AT_ONCE_MAX) return false;
  return await waitForViews(['messages'], position, { deadlineMs: VIEW_DEADLINE_MS });
}

/** Reads what ended in this window, page by page: other messages may stand between. */
async function tellWindow(dependencies: TellingDependencies, document: DisappearingDocument, now: Instant): Promise<readonly Position[]> {
  const { channel, ends, seconds, from, upTo, toldUpTo } = document;
  const positions: Position[] = [];
  for (let next: number | undefined = Math.max(from ?? 0, toldUpTo + 1); next !== undefined;) {
    const page: DocumentPage<MessageDocument> = await dependencies.views.findPage('messages', {
      range: { field: '_id', from: messageId(channel, next), until: messageId(channel, upTo) },
      order: { _id: 1 },
      limit: DISAPPEARED_MAX,
      bytesMax: PAGE_BYTES_MAX,
    });
    const last: number = page.more ? (page.documents.at(-1)?.seq ?? upTo) : upTo;
    const gone = page.documents.filter((message) => isExpired(message, now) && message.disappeared === undefined);
    const window = { ends, seconds, upTo: last };
    positions.push(...(await tell(dependencies, channel, { ...toTell(gone), window }, now)));
    next = last < upTo ? last + 1 : undefined;
  }
  return positions;
}

function toTell(gone: readonly MessageDocument[]): Disappeared {
  const quotes = gone.filter((message) => message.quotes === true).map(({ seq }) => seq);
  const media = gone.flatMap(({ seq: message, mediaCount: count = 0 }) => (count === 0 ? [] : [{ message, count }]));
  return { messages: gone.map(({ seq }) => seq), ...(quotes.length > 0 && { quotes }), ...(media.length > 0 && { media }) };
}

async function tell({ commands, contextFor }: TellingDependencies, channel: ChannelId, disappeared: Disappeared, at: Instant): Promise<readonly Position[]> {
  const body = { channel, disappeared };
  const handled = await commands.tellDisappeared(body, freshContext({ contextFor, worker: 'disappearing', type: 'tell-disappeared', body, at }));
  return handled.outcome === 'appended' ? [handled.position] : [];
}

type DestroyingDependencies = Clocks & { readonly commands: Pick<Commands, 'destroyPastDays'> };

/** Looks at all ratchets once for each day that is over, and once more after each start. */
export function destroyDayKeys(dependencies: DestroyingDependencies): Sweep {
  const steadyNow = steadyClock(dependencies);
  let destroyedBefore: string | undefined;
  return {
    name: 'disappearing-keys',
    everyMs: KEYS_EVERY_MS,
    sweep: async () => {
      const now = steadyNow();
      if (now === undefined) return 0;
      const at = plus(now, -DAY_KEY_GRACE_MS);
      if (dayOf(at) === destroyedBefore) return 0;
      await dependencies.commands.destroyPastDays({ at });
      destroyedBefore = dayOf(at);
      return 0;
    },
  };
}
