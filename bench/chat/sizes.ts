/** How much load there is; `--quick` for a first impression. */
const isQuick = process.argv.includes('--quick');

export const SECONDS = isQuick ? 3 : 10;
export const PAIRS = 100;
/** Messages a second. */
export const RATES = [500, 1_000, 3_000];
/** Warming up first: a server that has run for a while is measured, not its compiler. */
export const WARM_UP_RATE = 1_000;
export const WARM_UP_GROUP_RATE = 200;
export const WARM_UP_SECONDS = isQuick ? 3 : 10;
export const GROUPS = 10;
export const GROUP_SIZE = 100;
/** Messages a second over all groups. */
export const GROUP_RATES = isQuick ? [500, 1_000] : [500, 1_000, 1_500, 2_000];
export const IDLE_CONNECTIONS = isQuick ? [1_000, 3_000] : [5_000, 18_000];
/** Connected before measuring, so that what is allocated once isn't counted. */
export const IDLE_BASE_CONNECTIONS = 500;
export const HISTORY_MESSAGES = isQuick ? 20_000 : 1_000_000;
export const HISTORY_REQUESTS = isQuick ? 50 : 200;
export const BODY_BYTES = 256;
/** Deliveries may take so long after the last message was sent. */
export const DRAIN_MS = 20_000;
