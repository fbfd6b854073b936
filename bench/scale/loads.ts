/** What must be carried, and how full a process, a server or a log may be at the peak. */

const DAY_SECONDS = 24 * 60 * 60;

export type Load = { readonly name: string; readonly aDay: number; readonly peakFactor: number };

export const FEED_DAILY_USERS = 10_000_000;
export const CHAT_DAILY_USERS = 50_000_000;
export const CONNECTIONS = 1_000_000;
const POSTS_A_USER = 1;
export const WARM_FRIENDS = 200;
const PAGES_A_USER = 10;
const MESSAGES_A_USER = 20;
const NOTIFICATIONS_A_DAY = 16_000_000;

/** By the id of their unit costs. At its peak, chat and the feed are three times their average; a campaign is ten times the average. */
export const LOADS = {
  'chat-message': { name: 'messages', aDay: CHAT_DAILY_USERS * MESSAGES_A_USER, peakFactor: 3 },
  post: { name: 'posts', aDay: FEED_DAILY_USERS * POSTS_A_USER, peakFactor: 3 },
  'post-delivery': { name: 'deliveries of posts into feeds', aDay: FEED_DAILY_USERS * POSTS_A_USER * WARM_FRIENDS, peakFactor: 3 },
  'feed-page': { name: 'pages of the feed', aDay: FEED_DAILY_USERS * PAGES_A_USER, peakFactor: 3 },
  'notification-delivery': { name: 'notifications', aDay: NOTIFICATIONS_A_DAY, peakFactor: 10 },
} as const satisfies Readonly<Record<string, Load>>;
export type Work = keyof typeof LOADS;
export const WORKS = Object.keys(LOADS) as readonly Work[];

/** Work that appends to the log, and appends a unit: a notification is requested, planned, attempted and answered. */
export const APPENDS: Partial<Readonly<Record<Work, number>>> = { 'chat-message': 1, post: 1, 'notification-delivery': 5 };

/** A process is to have room for the loss of another one, and a log for a backlog. */
export const UTILISATION_MAX = 0.6;
/** One core each: their work is that of one thread. */
export const PROCESSES_MIN = 2;
/** The usual limit of file descriptors, 20,000, and some for everything else. */
export const GATEWAY_CONNECTIONS_MAX = 19_000;
const GB = 10 ** 9;
/** Of a Redis; it forks and grows within the rest of its machine. */
export const REDIS_NODE_BYTES = 32 * GB;

export const averageOf = ({ aDay }: Load): number => aDay / DAY_SECONDS;
export const peakOf = (load: Load): number => averageOf(load) * load.peakFactor;
