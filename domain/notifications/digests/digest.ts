/**
 * What one app tells one person of a category on a channel, where that is told as digests: windows, of which each collects deliveries
 * until it closes. The first delivery opens a window, and the newest open one takes those that follow. A delivery that would expire in
 * it is not collected, for it would never be told.
 */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import { accept, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId, DeliveryId, DigestId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { PRIORITIES } from '../priority.ts';
import type { DigestEvent, DigestNotification } from './events.ts';

/** Of one window, each with a delivery for each of the person's devices. The next one opens another. */
export const DIGEST_NOTIFICATIONS_MAX = 200;
/** That nobody has closed: one whose deliveries were all cancelled has none to close it. While so many collect, what comes is told by itself. */
export const DIGEST_WINDOWS_OPEN_MAX = 10;

export type Collected = Omit<Extract<DigestEvent, { type: 'notifications.digest-collected.v1' }>['data'], 'digest' | 'window' | 'at'>;
export type OpenWindow = { readonly window: number; readonly closesAt: Instant; readonly collected: readonly Collected[] };

/** Windows that have not closed, the oldest first. */
export type DigestState = { readonly newest: number; readonly open: readonly OpenWindow[] };

export type DigestCommand =
  | (Collected & {
      readonly type: 'collect';
      readonly digest: DigestId;
      readonly person: PersonId;
      readonly app: AppId;
      readonly category: string;
      readonly channel: NotificationChannel;
      /** Of a window that opens now. */
      readonly closesAt: Instant;
      readonly at: Instant;
    })
  | {
      readonly type: 'close';
      readonly digest: DigestId;
      readonly window: number;
      /** Of the collected ones, those that still wait. */
      readonly waiting: readonly DeliveryId[];
      /** The id of the notification that tells them as one, if they are several. */
      readonly into: NotificationId;
      readonly at: Instant;
    };

type Collect = Extract<DigestCommand, { type: 'collect' }>;
type Close = Extract<DigestCommand, { type: 'close' }>;

export const digest: Decider<DigestState, DigestCommand, DigestEvent> = {
  initialState: { newest: 0, open: [] },
  snapshotVersion: 1,

  evolve: (state, event) => {
    const { digest: _, window, ...data } = event.data;
    switch (event.type) {
      case 'notifications.digest-opened.v1':
        return { newest: window, open: [...state.open, { window, closesAt: event.data.closesAt, collected: [] }] };
      case 'notifications.digest-collected.v1': {
        const { at: _at, ...collected } = data as Collected & { readonly at: Instant };
        return { ...state, open: state.open.map((one) => (one.window === window ? { ...one, collected: [...one.collected, collected] } : one)) };
      }
      case 'notifications.digest-closed.v1':
        return { ...state, open: state.open.filter((one) => one.window !== window) };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'collect':
        return collect(state, command);
      case 'close':
        return close(state, command);
    }
  },
};

/** The window in which a delivery waits; undefined where it waits in none. */
export const windowOf = (state: DigestState, delivery: DeliveryId): OpenWindow | undefined =>
  state.open.findLast(({ collected }) => collected.some((one) => one.delivery === delivery));

export const openWindow = (state: DigestState, window: number): OpenWindow | undefined => state.open.find((one) => one.window === window);

function collect(state: DigestState, command: Collect): Decision<DigestEvent> {
  const { type: _, digest, person, app, category, channel, closesAt, at, ...collected } = command;
  const { expiresAt } = collected;
  const before = windowOf(state, collected.delivery);
  if (before !== undefined && before.closesAt > at) return accept();
  const newest = state.open.at(-1);
  if (newest !== undefined && newest.closesAt > at && hasRoomFor(newest, collected)) {
    if (newest.closesAt >= expiresAt) return accept();
    return accept({ type: 'notifications.digest-collected.v1', data: { digest, window: newest.window, ...collected, at } });
  }
  const [oldest] = state.open.length < DIGEST_WINDOWS_OPEN_MAX ? [] : state.open;
  if (closesAt >= expiresAt || (oldest !== undefined && oldest.closesAt > at)) return accept();
  const window = state.newest + 1;
  return accept(
    ...(oldest === undefined ? [] : [abandoned(digest, oldest, at)]),
    { type: 'notifications.digest-opened.v1', data: { digest, window, person, app, category, channel, closesAt, at } },
    { type: 'notifications.digest-collected.v1', data: { digest, window, ...collected, at } },
  );
}

/** Whatever should wait in it still is told by itself. */
const abandoned = (digest: DigestId, { window }: OpenWindow, at: Instant): DigestEvent => ({
  type: 'notifications.digest-closed.v1',
  data: { digest, window, notifications: [], at },
});

/** The deliveries of one notification stay together, for what tells it goes to every device. */
function hasRoomFor({ collected }: OpenWindow, { notification }: Collected): boolean {
  const notifications = new Set(collected.map((one) => one.notification));
  return notifications.has(notification) || notifications.size < DIGEST_NOTIFICATIONS_MAX;
}

/** Closed once, when its time has come, by whoever is first: which of them still waited is decided then, and for all. */
function close(state: DigestState, { digest, window, waiting, into, at }: Close): Decision<DigestEvent> {
  const open = openWindow(state, window);
  if (open === undefined || at < open.closesAt) return accept();
  const left = open.collected.filter(({ delivery }) => waiting.includes(delivery));
  const notifications = [...new Set(left.map(({ notification }) => notification))];
  const several = notifications.length > 1 ? { into: asOne(left, into) } : {};
  return accept({ type: 'notifications.digest-closed.v1', data: { digest, window, notifications, ...several, at } });
}

const asOne = (collected: readonly Collected[], notification: NotificationId): DigestNotification => ({
  notification,
  priority: PRIORITIES.find((priority) => collected.some((one) => one.priority === priority)) ?? 'normal',
  atMostOnce: collected.some(({ atMostOnce }) => atMostOnce),
  expiresAt: collected.map(({ expiresAt }) => expiresAt).reduce((one, other) => (one > other ? one : other)),
});
